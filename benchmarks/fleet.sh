# For scripts that measure a fleet of their own: its data is under $folder/up; it and the folder go when the script ends.
# Wants $home, the repository's top folder.

folder=$(mktemp -d)
stop() {
    [ -z "${up:-}" ] || kill "$up" 2>/dev/null || true
    wait
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Starts it on the ports from $1 on, and waits until it is ready: at most $2 half seconds.
start_fleet() {
    "$home/meshlog" up --no-examples --data "$folder/up" --port-base "$1" >"$folder/up.log" 2>&1 &
    up=$!
    tries=0
    until grep -q "Ready after" "$folder/up.log" 2>/dev/null; do
        tries=$((tries + 1))
        if [ $tries -gt "$2" ] || ! kill -0 "$up" 2>/dev/null; then
            cat "$folder/up.log" >&2
            exit 1
        fi
        sleep 0.5
    done
}
