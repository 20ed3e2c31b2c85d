# Python is started from a string, a module, a folder, an archive, a file with a first line, stdin, with site switched off, and interactively.
mkdir folder package
echo 'import sys; print("folder", __name__, len(sys.argv), sys.path[0] == sys.argv[0])' > folder/__main__.py
echo 'import sys; print("package", __name__, __package__, sys.argv[0][-20:])' > package/__main__.py
echo 'print("initialised", __name__)' > package/__init__.py
printf '#!/usr/bin/env python\nimport sys\nprint("script", sys.argv[1:], __file__)\n' > script
chmod +x script
python -c 'import sys; print("string", sys.argv, __name__, sys.path[0])' one two
python -m package three
python folder
python -m zipapp -o archive.pyz folder && python archive.pyz
./script four
echo 'print("stdin", __name__)' | python
echo 'print("stdin", __file__ if "__file__" in globals() else "no file")' | python - five
for flag in -I -S -P; do python $flag -c 'import sys, threading; print(sys.argv, sys.flags.no_site, "site" in sys.modules)'; done
printf '1 + 1\nimport socket\nsocket.AF_INET\nexit(7)\n' | python -i -q 2> prompts; echo "interactive $? $(cat prompts)"
python -m timeit -n 1 -r 1 -u sec 'pass' | grep -c loop
python no-such-file 2> error; echo "$? $(cat error)"
python -c 'raise SystemExit("a message")' 2> error; echo "$? $(cat error)"
python -c '1 +' 2> error; echo "$? $(cat error)"
PYTHONPATH=elsewhere python -c 'import sys, os; print([os.path.basename(path) for path in sys.path if "elsewhere" in path], os.environ["PYTHONPATH"])'
PYTHONSTARTUP=script PYTHONINSPECT=1 python -c 'print("inspected")' < /dev/null 2> /dev/null
env -i "$(command -v python)" -c 'import os; print(sorted(set(os.environ) - {"LC_CTYPE"}))'
