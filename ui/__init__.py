"""Every way a person or a program reaches the interpreter; the one place where its rooms meet."""
