#!/bin/sh
# Supervises a release on trial after an update. It is outside of all releases, so that a bad one
# cannot harm it; runs as root before each start of the app, and once the app has stayed up.
#
#   guard.sh start     one more start on trial; the fourth goes back to the release before
#   guard.sh confirm   the trial is over, the release is good
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
OPT=/opt/edge-reps
FAILED_STARTS=3

[ -f $OPT/trial ] || exit 0
# Ignore an unreadable line; and if the power was cut before the switch there is no trial.
if ! read -r new old starts <$OPT/trial || [ "$(readlink $OPT/current)" != "releases/$new" ]; then
    rm -f $OPT/trial || true
    exit 0
fi
case $1 in
confirm)
    rm -f $OPT/trial
    printf 'edge-reps %s has stayed up: the update is done\n' "$new"
    ;;
start)
    if [ "$starts" -ge $FAILED_STARTS ]; then
        printf 'edge-reps %s has failed to start %s times: back to %s\n' "$new" "$starts" "$old"
        export PYTHONPATH="$OPT/releases/$old"
        exec "$OPT/releases/$old/venv/bin/python" -m updater return --starting
    fi
    # A failure to count, as on a full disk, must not keep the app from starting.
    if ! { printf '%s %s %s\n' "$new" "$old" $((starts + 1)) >$OPT/trial.part &&
        sync $OPT/trial.part && mv -f $OPT/trial.part $OPT/trial; }; then
        printf 'cannot record this start of edge-reps %s: the disk is full or broken\n' "$new"
    fi
    ;;
*)
    printf 'guard.sh start | confirm\n' >&2
    exit 2
    ;;
esac
