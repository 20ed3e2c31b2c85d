"""A user's own second customisation, where the interpreter allows for one."""

import builtins

builtins.USER_NOTE = "set by the user's usercustomize"
