# tty
# when "press q": type "x"
# when "not q": type "q"
"""A curses program draws, reads keys and puts the terminal back: a recorder that prints, or wraps stdout, spoils the screen."""

import curses


def main(screen):
    curses.curs_set(0)
    screen.addstr(0, 0, "market")
    screen.addstr(2, 2, f"size {screen.getmaxyx()}")
    screen.addstr(4, 4, "press q")
    screen.refresh()
    keys = []
    while True:
        key = screen.getch()
        keys.append(key)
        if key == ord("q"):
            return keys
        screen.addstr(5, 4, "not q")
        screen.refresh()


print(curses.wrapper(main))
