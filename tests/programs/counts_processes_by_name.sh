# A shell looks for its own children by a word in their command line, in the manner of ps | grep: a recorder adds no process that has it.
word="market-home-$$" pattern="[m]arket-home-$$"
homes=""
for number in 1 2 3; do
    python -c 'import sys, time; print("ready", flush=True); time.sleep(60)' "$word" > "home-$number" &
    homes="$homes $!"
done
for number in 1 2 3; do until [ -s "home-$number" ]; do sleep 0.01; done; done
count() { cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | grep -c -x "$pattern"; }
echo "homes: $(count)"
kill $homes
wait
echo "homes: $(count)"
