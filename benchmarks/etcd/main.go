// Command etcd-compare puts the same load on a real etcd, which it starts itself, and on a Meshlog's etcd face, with the same
// client, one after the other, and prints what came out side by side. What it measures of a server is its processes' CPU time
// and resident memory, read from /proc, so it runs on Linux.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	serve := flag.String("serve-etcd", "", "serve an etcd out of this folder and nothing else (used by the command itself)")
	meshlog := flag.String("meshlog", "", "host:port of a Meshlog's etcd face; without it only etcd is measured")
	pids := flag.String("pids", "", "the Meshlog's processes, name=pid,...; the first is the one that serves")
	only := flag.String("only", "put,fanout,snapshot,resume", "which series to run")
	seconds := flag.Int("seconds", 8, "how long each rate is kept up")
	keys := flag.Int("keys", 100_000, "keys of a snapshot")
	skipEtcd := flag.Bool("skip-etcd", false, "measure the Meshlog alone")
	out := flag.String("json", "", "also write the results to this file")
	flag.Parse()
	if *serve != "" {
		must(serveEtcd(*serve))
		return
	}
	var targets []*target
	if !*skipEtcd {
		etcd, stop := startEtcd()
		defer stop()
		targets = append(targets, etcd)
	}
	if *meshlog != "" {
		targets = append(targets, &target{name: "meshlog", endpoint: *meshlog, processes: parsePids(*pids)})
	}
	report := &report{}
	for _, series := range strings.Split(*only, ",") {
		for _, target := range targets {
			run := &run{target: target, report: report, seconds: *seconds, keys: *keys}
			run.begin()
			run.series(series)
			run.end()
		}
	}
	report.print(os.Stdout)
	if *out != "" {
		must(report.write(*out))
	}
}

func (r *run) series(name string) {
	ctx := context.Background()
	switch name {
	case "put":
		for _, clients := range []int{1, 100, 1000} {
			r.put(ctx, clients)
		}
	case "fanout":
		for _, watchers := range []int{100, 1000} {
			for _, rate := range []int{100, 1000, 0} {
				r.fanOut(ctx, watchers, rate)
			}
		}
	case "snapshot":
		r.fill(ctx)
		for _, clients := range []int{1, 10, 50} {
			r.snapshot(ctx, clients)
		}
	case "resume":
		r.resume(ctx, 1000, 10_000)
	default:
		must(fmt.Errorf("-only: there is no series %q", name))
	}
}

func parsePids(text string) []process {
	var processes []process
	for _, pair := range strings.Split(text, ",") {
		name, number, found := strings.Cut(pair, "=")
		pid, err := strconv.Atoi(number)
		if !found || err != nil {
			must(fmt.Errorf("-pids: %q is no name=pid", pair))
		}
		processes = append(processes, process{name, pid})
	}
	return processes
}

func progress(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, "%s  %s\n", time.Now().Format("15:04:05"), fmt.Sprintf(format, arguments...))
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "etcd-compare:", err)
		os.Exit(1)
	}
}
