package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"google.golang.org/grpc/metadata"
)

// What a Meshlog takes this client for. Real etcd does not look at it.
const cluster = "bench"

// A process of a server.
type process struct {
	name string
	pid  int
}

// A target is a server under load.
type target struct {
	name      string
	endpoint  string
	processes []process
}

// serveEtcd serves one member, fsync included, until its standard input ends.
func serveEtcd(folder string) error {
	cfg := embed.NewConfig()
	cfg.Dir = folder
	cfg.LogLevel = "error"
	cfg.QuotaBackendBytes = 4 << 30
	free := url.URL{Scheme: "http", Host: "127.0.0.1:0"}
	cfg.ListenClientUrls = []url.URL{free}
	cfg.ListenPeerUrls = []url.URL{free}
	server, err := embed.StartEtcd(cfg)
	if err != nil {
		return err
	}
	defer server.Close()
	<-server.Server.ReadyNotify()
	fmt.Println(server.Clients[0].Addr())
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// startEtcd starts it as a process of its own, so that its CPU time is its own.
func startEtcd() (*target, func()) {
	folder, err := os.MkdirTemp("", "etcd-compare")
	must(err)
	command := exec.Command(os.Args[0], "-serve-etcd", filepath.Join(folder, "etcd"))
	command.Stderr = os.Stderr
	stdin, err := command.StdinPipe()
	must(err)
	stdout, err := command.StdoutPipe()
	must(err)
	must(command.Start())
	address, err := bufio.NewReader(stdout).ReadString('\n')
	must(err)
	stop := func() {
		stdin.Close()
		command.Wait()
		os.RemoveAll(folder)
	}
	processes := []process{{"etcd", command.Process.Pid}}
	return &target{name: "etcd", endpoint: strings.TrimSpace(address), processes: processes}, stop
}

// connect opens a connection of its own.
func (t *target) connect() *clientv3.Client {
	client, err := clientv3.New(clientv3.Config{
		Endpoints:          []string{t.endpoint},
		DialTimeout:        20 * time.Second,
		MaxCallRecvMsgSize: 64 << 20,
	})
	must(err)
	return client
}

// connections opens several.
func (t *target) connections(count int) []*clientv3.Client {
	clients := make([]*clientv3.Client, count)
	for i := range clients {
		clients[i] = t.connect()
	}
	return clients
}

func closeAll(clients []*clientv3.Client) {
	for _, client := range clients {
		client.Close()
	}
}

func speaking(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "x-meshlog-cluster", cluster)
}

// usage is what processes have used so far.
type usage struct {
	cpu   []float64
	rssKb int
}

func (t *target) usage() usage {
	var used usage
	for _, each := range t.processes {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", each.pid))
		must(err)
		// after the name, which may hold anything but ends with the last parenthesis
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		ticks := number(fields[11]) + number(fields[12])
		used.cpu = append(used.cpu, float64(ticks)/100)
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", t.processes[0].pid))
	must(err)
	for _, line := range strings.Split(string(status), "\n") {
		if value, found := strings.CutPrefix(line, "VmRSS:"); found {
			used.rssKb = number(strings.Fields(value)[0])
		}
	}
	return used
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	must(err)
	return value
}

// sum is the CPU of all processes, serving that of the one that serves.
func (u usage) since(before usage) (serving, sum float64) {
	for i := range u.cpu {
		sum += u.cpu[i] - before.cpu[i]
	}
	return u.cpu[0] - before.cpu[0], sum
}
