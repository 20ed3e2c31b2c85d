valgrind --tool=callgrind --callgrind-out-file=/tmp/w/st/rec.cg /tmp/w/st/plainenv/bin/python -c pass 2>&1 | awk '/Collected/{print "rec",$4}'
