# The reader of a program's output ends first: the program must end as it does without a recorder, with Python's own words.
python -c 'for number in range(20000): print("line", number)' | head -n 2
python -c '
import os, sys
read_end, write_end = os.pipe()
os.close(read_end)
os.dup2(write_end, 1)
try:
    os.write(1, b"x")
except BrokenPipeError as error:
    print(error, file=sys.stderr)
print("lost")
'
echo "exit code $?"
python -c 'print("all of it")' | cat
