#!/usr/bin/env python
"""Atelier's command line: `python manage.py help`. Beside a running stack it uses the stack's settings."""

import os
import sys


def main() -> int:
    """Run the command of sys.argv; the exit status. What is not set right is told in a sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atelier.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from atelier.stacks.beside import adopt_settings
    from atelier.stacks.process import StackError

    try:
        adopt_settings(sys.argv[1:])
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, StackError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
