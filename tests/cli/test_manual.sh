#!/bin/sh
# test_manual.sh FAIRTRACK SOURCE: the man pages are well-formed, and each verb's usage line stands in its page.
ft=$1 src=$2 n=0 bad=0
say() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else bad=1; echo "not ok $n - $2"; echo "# $3"; fi; }
flat() { tr -s ' \t\n' ' '; }
if command -v mandoc >/dev/null; then
    faults=$(mandoc -Tlint "$src"/docs/man/*.1 2>&1 | grep -v 'referenced manual not found'); [ -z "$faults" ]; say $? man_pages_are_well_formed "$faults"
else
    echo "ok 1 - man_pages_are_well_formed # SKIP no mandoc here"; echo 1..1; exit 0
fi
verbs=$("$ft" --help | sed -n 's/^  \([a-z]*\( [a-z]*\)\{0,1\}\)  *[A-Z].*/\1/p')
for verb in $(echo "$verbs" | tr ' ' '+'); do
    verb=$(echo "$verb" | tr '+' ' ')
    usage=$("$ft" $verb --help | sed -n '1s/^usage: //p' | flat)
    page=$src/docs/man/fairtrack-${verb%% *}.1
    [ "${verb%% *}" = worker ] && page=$src/docs/man/fairtrack-serve.1
    [ "${verb%% *}" = restore ] && page=$src/docs/man/fairtrack-backup.1
    text=$(mandoc -Tutf8 -O width=400 "$page" 2>/dev/null | sed 's/.\x08//g' | flat)
    case $text in *"${usage% }"*) ok=0 ;; *) ok=1 ;; esac
    say $ok "the_usage_of_$(echo "$verb" | tr ' ' '_')_stands_in_its_page" "$usage"
done
echo "1..$n"
exit $bad
