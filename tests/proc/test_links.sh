#!/bin/sh
# test_links.sh FAIRTRACK LINKS.TXT HELPER...: the programs link what docs/links.txt says, and never what it forbids.
# Prints TAP.  With RENEW=1 prints the `links` lines as they are instead.
set -u
fairtrack=$1; list=$2; shift 2
command -v readelf >/dev/null && command -v ldd >/dev/null || { echo "1..0 # SKIP no readelf or ldd"; exit 77; }
n=0; bad=0
for program in "$fairtrack" "$@"; do
    name=$(basename "$program")
    links=$(readelf -d "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\.so.*\]/\1/p' | grep -vE '^(libc|libm|ld-.*|libasan|libubsan|libdl|libpthread|librt)$' | sort | tr '\n' ' ')
    if [ "${RENEW:-}" = 1 ]; then printf '%s\n  links: %s\n' "$name" "${links% }"; continue; fi
    said=$(awk -v p="$name" '$0 == p { on = 1; next } /^[^ ]/ { on = 0 } on && $1 == "links:" { $1 = ""; print }' "$list" | tr ' ' '\n' | grep . | sort | tr '\n' ' ')
    never=$(awk -v p="$name" '$0 == p { on = 1; next } /^[^ ]/ { on = 0 } on && $1 == "never:" { $1 = ""; print }' "$list")
    n=$((n + 1))
    [ "$said" = "nothing " ] && [ -z "$links" ] && links="nothing "
    if [ -n "$said" ] && [ "$links" = "$said" ]; then echo "ok $n - ${name}_links_what_is_written"
    else echo "not ok $n - ${name}_links_what_is_written"; echo "# is:   $links"; echo "# said: $said"; bad=1; fi
    n=$((n + 1))
    found=
    for one in $never; do
        found="$found$(ldd "$program" | awk '{ print $1 }' | sed 's,.*/,,' | grep -E "^$one([-.0-9]|\$)" | tr '\n' ' ')"
    done
    if [ -n "$never" ] && [ -z "$found" ]; then echo "ok $n - ${name}_reaches_none_of_the_forbidden_libraries"
    else echo "not ok $n - ${name}_reaches_none_of_the_forbidden_libraries"; echo "# reaches: $found"; bad=1; fi
done
[ "${RENEW:-}" = 1 ] || echo "1..$n"
exit $bad
