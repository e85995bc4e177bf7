package cilium

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/cilium/hive/cell"

	"github.com/cilium/cilium/pkg/clustermesh/kvstoremesh"
	"github.com/cilium/cilium/pkg/clustermesh/types"
	"github.com/cilium/cilium/pkg/hive"
	"github.com/cilium/cilium/pkg/kvstore"
	"github.com/cilium/cilium/pkg/kvstore/store"
)

// localEtcd is the etcd that stands beside a KVStoreMesh.
func localEtcd(t *testing.T) string {
	cfg := embed.NewConfig()
	cfg.Dir = t.TempDir()
	cfg.LogLevel = "error"
	free := url.URL{Scheme: "http", Host: "127.0.0.1:0"}
	cfg.ListenClientUrls, cfg.ListenPeerUrls = []url.URL{free}, []url.URL{free}
	server, err := embed.StartEtcd(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	<-server.Server.ReadyNotify()
	return server.Clients[0].Addr().String()
}

func dial(t *testing.T, endpoint string) *clientv3.Client {
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{endpoint}, DialTimeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}

// TestKVStoreMeshReflectsMeshlog runs Cilium's KVStoreMesh with a Meshlog as its remote cluster. What it writes into its own
// etcd is what Meshlog shows under the same keys.
func TestKVStoreMeshReflectsMeshlog(t *testing.T) {
	endpoint, remote := os.Getenv("MESHLOG_ETCD"), os.Getenv("MESHLOG_CLUSTER")
	if endpoint == "" || remote == "" {
		t.Skip("MESHLOG_ETCD and MESHLOG_CLUSTER name no Meshlog and cluster of it")
	}
	local := localEtcd(t)
	configs := t.TempDir()
	config := fmt.Sprintf("endpoints:\n- http://%s\n", endpoint)
	if err := os.WriteFile(filepath.Join(configs, remote), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	mesh := hive.New(
		kvstoremesh.Cell,
		kvstore.Cell(kvstore.EtcdBackendName),
		store.Cell,
		cell.Config(types.DefaultServiceModeV2Config),
		cell.Provide(
			func() types.ClusterInfo {
				return types.ClusterInfo{ID: 200, Name: "the-mesh", MaxConnectedClusters: 255}
			},
			func() kvstoremesh.Config { return kvstoremesh.DefaultConfig },
		),
		cell.Invoke(func(*kvstoremesh.KVStoreMesh) {}),
	)
	hive.AddConfigOverride(mesh, func(c *kvstore.Config) {
		c.KVStoreOpt = map[string]string{kvstore.EtcdAddrOption: "http://" + local}
	})
	mesh.Viper().Set("clustermesh-config", configs)
	if err := mesh.Start(logger, t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mesh.Stop(logger, context.Background()) })

	source, copied := dial(t, endpoint), dial(t, local)
	same := func() error { return compare(t.Context(), source, copied, remote) }
	eventually(t, "all is copied", func() bool { return same() == nil })

	// it follows changes and deletions
	first, err := source.Get(t.Context(), "cilium/cluster-config/"+remote)
	if err != nil || first.Count != 1 {
		t.Fatal(err, first)
	}
	id := strings.Split(strings.Split(string(first.Kvs[0].Value), `"id":`)[1], ",")[0]
	key := "cilium/state/nodes/v1/" + remote + "/mirrored"
	node := fmt.Sprintf(`{"Name":"mirrored","Cluster":%q,"ClusterID":%s}`, remote, strings.Trim(id, "} "))
	if _, err := source.Put(t.Context(), key, node); err != nil {
		t.Fatal(err)
	}
	mirrored := "cilium/cache/nodes/v1/" + remote + "/mirrored"
	present := func() bool {
		got, err := copied.Get(t.Context(), mirrored)
		return err == nil && got.Count == 1 && string(got.Kvs[0].Value) == node
	}
	eventually(t, "the new node is copied", present)
	if _, err := source.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the deleted node is gone", func() bool { return !present() })
	eventually(t, "all is copied still", func() bool { return same() == nil })
}

// compare is nil where both have the same keys of a cluster with the same values.
func compare(ctx context.Context, source, copied *clientv3.Client, remote string) error {
	total := 0
	for _, kind := range []string{"nodes", "services", "serviceexports", "endpointslices", "identities", "ip"} {
		prefix := "cilium/cache/" + kind + "/v1/" + remote + "/"
		want, err := source.Get(ctx, prefix, clientv3.WithPrefix())
		if err != nil {
			return err
		}
		got, err := copied.Get(ctx, prefix, clientv3.WithPrefix())
		if err != nil {
			return err
		}
		if got.Count != want.Count {
			return fmt.Errorf("%s: %d of %d", prefix, got.Count, want.Count)
		}
		for i, kv := range want.Kvs {
			if string(kv.Key) != string(got.Kvs[i].Key) || string(kv.Value) != string(got.Kvs[i].Value) {
				return fmt.Errorf("%s is %q, want %q", kv.Key, got.Kvs[i].Value, kv.Value)
			}
			total++
		}
	}
	if total == 0 {
		return fmt.Errorf("nothing of %s is there", remote)
	}
	return nil
}

// TestKVStoreMeshMayNotWriteIntoMeshlog: one cluster would speak for another.
func TestKVStoreMeshMayNotWriteIntoMeshlog(t *testing.T) {
	endpoint, remote := os.Getenv("MESHLOG_ETCD"), os.Getenv("MESHLOG_CLUSTER")
	if endpoint == "" || remote == "" {
		t.Skip("MESHLOG_ETCD and MESHLOG_CLUSTER name no Meshlog and cluster of it")
	}
	ctx := metadata.AppendToOutgoingContext(t.Context(), "x-meshlog-cluster", remote)
	_, err := dial(t, endpoint).Put(ctx, "cilium/cache/nodes/v1/another/node", `{"Name":"node","Cluster":"another","ClusterID":9}`)
	if status.Code(err) != codes.PermissionDenied || !strings.Contains(err.Error(), "another") {
		t.Fatalf("it is not refused in words: %v", err)
	}
}
