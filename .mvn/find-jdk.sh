#!/bin/sh
# Prints the home of the first JDK of version 21 or later that it finds; with "jre" a runtime without javac will do.
# Looks at JAVA_HOME, then at the java on the PATH, then where JDKs are usually installed.
set -u

least=21
need=${1:-jdk}
seen=

# The major version of the JDK at $1, or nothing. The release file saves starting a JVM.
version_of() {
    found=
    if [ -r "$1/release" ]; then
        found=$(sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null | head -n 1)
    fi
    if [ -z "$found" ]; then
        found=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
    fi
    printf '%s' "$found"
}

# Ends the search if the JDK at $1 will do; else remembers why not.
consider() {
    [ -x "$1/bin/java" ] || return 0
    version=$(version_of "$1")
    case $version in
        '' | *[!0-9]*) reason="of unknown version" ;;
        *)
            if [ "$version" -lt "$least" ]; then
                reason="version $version"
            elif [ "$need" = jdk ] && [ ! -x "$1/bin/javac" ]; then
                reason="version $version, but without javac"
            else
                printf '%s\n' "$1"
                exit 0
            fi
            ;;
    esac
    case $seen in
        *"  $1 ("*) ;;
        *) seen="$seen
  $1 ($reason)" ;;
    esac
}

# The home of the java that the PATH leads to, through links and version managers' shims.
home_of_path() {
    java=$(command -v java 2>/dev/null) || return 0
    if real=$(readlink -f "$java" 2>/dev/null) && [ -n "$real" ] && [ -r "${real%/bin/java}/release" ]; then
        printf '%s' "${real%/bin/java}"
    else
        "$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p' | head -n 1
    fi
}

[ -z "${JAVA_HOME:-}" ] || consider "$JAVA_HOME"

on_path=$(home_of_path)
[ -z "$on_path" ] || consider "$on_path"

for home in \
    /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/openjdk-* /opt/java/* /opt/*jdk* \
    "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/* \
    "${HOME:-/nonexistent}"/.asdf/installs/java/* "${HOME:-/nonexistent}"/.local/share/mise/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-/nonexistent}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec; do
    consider "$home"
done

{
    if [ "$need" = jdk ]; then
        echo "Meshlog needs a JDK (with javac) of version $least or later, and none was found."
    else
        echo "Meshlog needs Java of version $least or later, and none was found."
    fi
    echo "Looked at JAVA_HOME (${JAVA_HOME:-not set}), the PATH, and where JDKs are usually installed."
    [ -z "$seen" ] || echo "Not good enough:$seen"
    echo "Install one (Debian, Ubuntu: apt-get install openjdk-$least-jdk) or let JAVA_HOME name it."
} >&2
exit 1
