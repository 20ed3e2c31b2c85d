"""Records a multi-process Python program and gives the run back."""
