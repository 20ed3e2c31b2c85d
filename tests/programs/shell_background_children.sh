# A shell starts Pythons in the background, waits for them, counts them, signals them and takes their output: a recorder adds no process to what it sees.
python -c 'import time; time.sleep(0.05); print("first")' > first &
one=$!
python -c 'import sys; print("second"); sys.exit(3)' > second &
two=$!
wait "$one"; echo "first: $? $(cat first)"
wait "$two"; echo "second: $? $(cat second)"
python -c 'import os; os.write(1, b"ready\n"); import time; time.sleep(60)' > third &
three=$!
until [ -s third ]; do sleep 0.01; done
echo "low descriptors: $(ls /proc/$three/fd | grep -c "^[0-9][0-9]\{0,1\}$"), threads: $(ls /proc/$three/task | wc -l)"
{ kill "$three"; wait "$three"; code=$?; } 2> /dev/null; echo "third: $code"
echo "$(echo 1 2 3 | python -c 'print(sum(map(int, input().split())))')" | python -c 'print("sum", input())'
python - <<'PROGRAM'
import sys
print("from stdin", sys.argv, __name__)
PROGRAM
trap 'echo "the shell got USR1"' USR1
python -c 'import os, signal; os.kill(os.getppid(), signal.SIGUSR1)'
echo "after $?"
(python -c 'import os; os._exit(9)'); echo "subshell $?"
python -c 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)' 2>/dev/null; echo "killed $?"
echo 'print("a script", __file__)' > script.py
python script.py && python -m script
