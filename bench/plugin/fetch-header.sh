#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fetches qemu-plugin.h, which no binary package holds, from Debian's source package of the QEMU that is
# installed. It goes through apt: the machine's own mirror, proxy and keys, with apt's check of the archive's
# signatures. A private state folder adds the source entry, so that neither root nor a change of the machine's
# own configuration is needed. The header alone is kept, in the user's cache, outside the clone.
#
# usage: fetch-header.sh OUTPUT      (run from the root of the clone; OUTPUT: path of the header to write)
set -eu

package=qemu-system-arm
output=$1
version=$(dpkg-query -W -f '${source:Version}' "$package")
home=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
cache=${XDG_CACHE_HOME:-$home/.cache}/nagaya
cached=$cache/qemu-plugin-$version.h

# The sources, in apt's form, of the suite that the installed version came from.
print_sources() {
    # "package | version | URI suite/component architecture Packages"
    suite=$(apt-cache madison "$package" | awk -F ' *[|] *' -v version="$version" \
        '$2 == version { split($3, origin, " "); sub("/.*", "", origin[2]); print origin[2]; exit }')
    if [ -n "$suite" ]; then
        scripts/apt-sources "$suite"
    else
        # shellcheck source=/dev/null
        release=$(. /etc/os-release && echo "$VERSION_CODENAME")
        scripts/apt-sources "$release"
        scripts/apt-sources "$release" "$release-backports"
    fi | sed 's/^Types: deb$/Types: deb-src/'
}

if [ ! -s "$cached" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    trap 'exit 1' HUP INT TERM

    mkdir -p "$work/sources" "$work/lists/partial" "$work/archives/partial" "$work/source" "$cache"
    print_sources >"$work/sources/source.sources"
    run_apt() {
        apt-get -qq -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/sources" \
            -o Dir::State::lists="$work/lists" -o Dir::Cache="$work" -o APT::Sandbox::User="" "$@"
    }
    echo "fetching the header of QEMU's plugins from Debian's source of qemu $version (about 50 MB, once)"
    run_apt update
    (cd "$work/source" && run_apt source --download-only --tar-only "qemu=$version")
    tar -xOf "$work"/source/qemu_*.orig.tar.xz --wildcards '*/include/qemu/qemu-plugin.h' >"$work/qemu-plugin.h"
    [ -s "$work/qemu-plugin.h" ]
    cp "$work/qemu-plugin.h" "$cached.$$"
    mv "$cached.$$" "$cached"
fi

mkdir -p "$(dirname "$output")"
cp "$cached" "$output"
