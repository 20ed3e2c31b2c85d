# A Python sends signals to its parent, which is the shell that started it, through a subshell, an exec and a background job.
trap 'echo "shell: USR1"' USR1
trap 'echo "shell: USR2"' USR2
tell='import os, signal, sys; os.kill(os.getppid(), getattr(signal, sys.argv[1]))'
python -c "$tell" SIGUSR1
python -c "$tell" SIGUSR2 & wait $!
sh -c "exec python -c '$tell' SIGUSR1"
echo "done"
