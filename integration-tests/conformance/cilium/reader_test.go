// Package cilium reads a Meshlog with Cilium's own code: the remote-cluster reader of its agents, with its watch stores and
// their validation.
package cilium

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/cilium/cilium/pkg/clustermesh/common"
	serviceStore "github.com/cilium/cilium/pkg/clustermesh/store"
	"github.com/cilium/cilium/pkg/clustermesh/types"
	"github.com/cilium/cilium/pkg/kvstore"
	"github.com/cilium/cilium/pkg/kvstore/store"
	"github.com/cilium/cilium/pkg/metrics"
	nodeStore "github.com/cilium/cilium/pkg/node/store"
)

// A reader is what an agent keeps of one remote cluster.
type reader struct {
	name    string
	factory store.Factory

	mutex   sync.Mutex
	config  types.CiliumClusterConfig
	held    map[string]map[string]bool
	synced  map[string]bool
	relists int
	// told is how often each key was told of, as there or as gone.
	told map[string]int
}

// An observer files what one watch store tells under its kind.
type observer struct {
	reader *reader
	kind   string
}

func (o observer) OnUpdate(key store.Key) {
	o.reader.mutex.Lock()
	defer o.reader.mutex.Unlock()
	o.reader.held[o.kind][key.GetKeyName()] = true
	o.reader.told[key.GetKeyName()]++
}

func (o observer) OnDelete(key store.NamedKey) {
	o.reader.mutex.Lock()
	defer o.reader.mutex.Unlock()
	delete(o.reader.held[o.kind], key.GetKeyName())
	o.reader.told[key.GetKeyName()]++
}

// Run is what Cilium's own remoteCluster.Run does, for the kinds that are checked.
func (r *reader) Run(ctx context.Context, backend kvstore.BackendOperations, config types.CiliumClusterConfig, ready chan<- error) {
	manager := r.factory.NewWatchStoreManager(backend, r.name)
	adapter := func(prefix string) string { return prefix }
	if config.Capabilities.Cached {
		adapter = kvstore.StateToCachePrefix
	}
	r.mutex.Lock()
	r.config = config
	r.relists++
	r.mutex.Unlock()
	watch := func(kind, prefix string, creator store.KeyCreator, below string) {
		watched := r.factory.NewWatchStore(r.name, creator, observer{r, kind}, store.RWSWithOnSyncCallback(func(context.Context) {
			r.mutex.Lock()
			defer r.mutex.Unlock()
			r.synced[kind] = true
		}))
		r.mutex.Lock()
		if r.held[kind] == nil {
			r.held[kind] = map[string]bool{}
		}
		r.mutex.Unlock()
		manager.Register(adapter(prefix), func(ctx context.Context) {
			watched.Watch(ctx, backend, kvstore.JoinKey(adapter(prefix), below))
		})
	}
	own := func(state string) string {
		if config.Capabilities.Cached {
			return r.name
		}
		return state
	}
	watch("nodes", nodeStore.NodeStorePrefix,
		nodeStore.ValidatingKeyCreator(nodeStore.ClusterNameValidator(r.name), nodeStore.NameValidator()), r.name)
	watch("services", serviceStore.ServiceStorePrefix,
		serviceStore.KeyCreator(serviceStore.ClusterNameValidator(r.name), serviceStore.NamespacedNameValidator()), r.name)
	watch("ip", "cilium/state/ip/v1", store.KVPairCreator, own("default"))
	watch("identities", "cilium/state/identities/v1", store.KVPairCreator, own("")+"/id")
	close(ready)
	manager.Run(ctx)
}

func (r *reader) Stop()                       {}
func (r *reader) Remove(context.Context)      {}
func (r *reader) RevokeCache(context.Context) {}

func (r *reader) has(kind, key string) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return r.held[kind][key]
}

func (r *reader) count(kind string) int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	return len(r.held[kind])
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 30 s: %s", what)
		}
	}
}

// join connects an agent of another cluster to a remote one, as a file of its clustermesh configuration does.
func join(t *testing.T, remote string, endpoints ...string) *reader {
	configs := t.TempDir()
	config := "endpoints:\n"
	for _, endpoint := range endpoints {
		config += fmt.Sprintf("- http://%s\n", endpoint)
	}
	if err := os.WriteFile(filepath.Join(configs, remote), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	agent := &reader{
		name:    remote,
		factory: store.NewFactory(logger, store.MetricsProvider()),
		held:    map[string]map[string]bool{},
		synced:  map[string]bool{},
		told:    map[string]int{},
	}
	mesh := common.NewClusterMesh(common.Configuration{
		Logger:              logger,
		Config:              common.Config{ClusterMeshConfig: configs},
		ClusterInfo:         types.ClusterInfo{ID: 200, Name: "the-reader", MaxConnectedClusters: 255},
		RemoteClientFactory: common.DefaultRemoteClientFactory(kvstore.Config{KVStoreLeaseTTL: 15 * time.Minute, KVstoreMaxConsecutiveQuorumErrors: 2}),
		NewRemoteCluster: func(name string, _ common.StatusFunc) common.RemoteCluster {
			return agent
		},
		Metrics: common.MetricsProvider(metrics.SubsystemClusterMesh)(),
	})
	if err := mesh.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mesh.Stop(context.Background()) })
	return agent
}

func (r *reader) awaitSynced(t *testing.T) {
	t.Helper()
	for _, kind := range []string{"nodes", "services", "ip", "identities"} {
		eventually(t, kind+" are synchronized", func() bool {
			r.mutex.Lock()
			defer r.mutex.Unlock()
			return r.synced[kind]
		})
	}
}

func TestCiliumReadsMeshlog(t *testing.T) {
	endpoint, remote := os.Getenv("MESHLOG_ETCD"), os.Getenv("MESHLOG_CLUSTER")
	if endpoint == "" || remote == "" {
		t.Skip("MESHLOG_ETCD and MESHLOG_CLUSTER name no Meshlog and cluster of it")
	}
	writer, err := clientv3.New(clientv3.Config{Endpoints: []string{endpoint}, DialTimeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()

	agent := join(t, remote, endpoint)

	// it synchronizes, and sees exactly what there is
	agent.awaitSynced(t)
	prefix := "cilium/state/"
	if agent.config.Capabilities.Cached {
		prefix = "cilium/cache/"
	}
	for kind, below := range map[string]string{"nodes": "nodes/v1/" + remote + "/", "services": "services/v1/" + remote + "/"} {
		listed, err := writer.Get(t.Context(), prefix+below, clientv3.WithPrefix())
		if err != nil {
			t.Fatal(err)
		}
		if int64(agent.count(kind)) != listed.Count || listed.Count == 0 {
			t.Fatalf("%s: the agent holds %d, etcd lists %d", kind, agent.count(kind), listed.Count)
		}
		for _, kv := range listed.Kvs {
			name := strings.TrimPrefix(string(kv.Key), prefix+kind+"/v1/")
			if !agent.has(kind, name) {
				t.Fatalf("the agent does not hold %s %s but %v", kind, name, agent.held[kind])
			}
		}
	}
	if agent.count("ip") == 0 || agent.count("identities") == 0 {
		t.Fatalf("the agent holds no addresses or identities: %v", agent.held)
	}

	// it follows changes and deletions
	node := fmt.Sprintf(`{"Name":"late","Cluster":%q,"ClusterID":%d}`,
		remote, agent.config.ID)
	if _, err := writer.Put(t.Context(), "cilium/state/nodes/v1/"+remote+"/late", node); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the agent holds the late node", func() bool { return agent.has("nodes", remote+"/late") })
	if _, err := writer.Delete(t.Context(), "cilium/state/nodes/v1/"+remote+"/late"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the agent forgets the late node", func() bool { return !agent.has("nodes", remote+"/late") })
	if agent.relists != 1 {
		t.Fatalf("the agent listed %d times", agent.relists)
	}
}
