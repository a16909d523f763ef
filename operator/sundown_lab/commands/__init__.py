"""What can be typed after `sundown-lab`: one module a group of commands, imported only when one of them is typed."""
