// Package conformance holds one table of checks of etcd's API over etcd's own client. It runs against real etcd, which is
// the oracle and has to pass all of it, and against a Meshlog where MESHLOG_ETCD names one.
package conformance

import (
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"google.golang.org/grpc/metadata"

	"context"
)

// A target is what the checks run against.
type target struct {
	client *clientv3.Client
	// oracle tells real etcd from Meshlog, for the few differences that docs/etcd-facade.md lists.
	oracle bool
}

var table = slices.Concat(basics, rangeChecks, txnChecks, watchChecks, leaseChecks, etcdctlChecks)

func TestOracle(t *testing.T) {
	cfg := embed.NewConfig()
	cfg.Dir = t.TempDir()
	cfg.LogLevel = "error"
	free := func() url.URL { return url.URL{Scheme: "http", Host: "127.0.0.1:0"} }
	cfg.ListenClientUrls = []url.URL{free()}
	cfg.ListenPeerUrls = []url.URL{free()}
	server, err := embed.StartEtcd(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	<-server.Server.ReadyNotify()
	run(t, target{connect(t, server.Clients[0].Addr().String()), true}, table)
}

func TestMeshlog(t *testing.T) {
	endpoint := os.Getenv("MESHLOG_ETCD")
	if endpoint == "" {
		t.Skip("MESHLOG_ETCD names no Meshlog (host:port)")
	}
	run(t, target{connect(t, endpoint), false}, table)
}

// TestReplicas checks what two replicas of one fleet owe a client that goes from one to the other.
func TestReplicas(t *testing.T) {
	endpoint, other := os.Getenv("MESHLOG_ETCD"), os.Getenv("MESHLOG_ETCD_OTHER")
	if endpoint == "" || other == "" {
		t.Skip("MESHLOG_ETCD and MESHLOG_ETCD_OTHER name no two replicas (host:port)")
	}
	run(t, target{connect(t, endpoint), false}, acrossReplicas(connect(t, other)))
}

func connect(t *testing.T, endpoint string) *clientv3.Client {
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{endpoint}, DialTimeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

func run(t *testing.T, on target, checks []check) {
	for _, check := range checks {
		t.Run(check.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
			defer cancel()
			if cluster := os.Getenv("MESHLOG_CLUSTER"); cluster != "" && !on.oracle {
				ctx = metadata.AppendToOutgoingContext(ctx, "x-meshlog-cluster", cluster)
			}
			check.run(&probe{t, ctx, on, "conformance/" + check.name + "/"})
		})
	}
}
