package cilium

import (
	"fmt"
	"os"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// TestCiliumSurvivesAReplica cuts an agent off from each of two replicas in turn, so that every watch it has moves. It must
// go on where it was: without a list, and without being told again of what it knows.
func TestCiliumSurvivesAReplica(t *testing.T) {
	one, other, remote := os.Getenv("MESHLOG_ETCD"), os.Getenv("MESHLOG_ETCD_OTHER"), os.Getenv("MESHLOG_CLUSTER")
	if one == "" || other == "" || remote == "" {
		t.Skip("MESHLOG_ETCD, MESHLOG_ETCD_OTHER and MESHLOG_CLUSTER name no two replicas and a cluster of them")
	}
	writer, err := clientv3.New(clientv3.Config{Endpoints: []string{one}, DialTimeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	replicas := []*proxy{newProxy(t, one), newProxy(t, other)}
	agent := join(t, remote, replicas[0].address, replicas[1].address)
	agent.awaitSynced(t)
	written := 0
	write := func() string {
		name := fmt.Sprintf("written-%d", written)
		written++
		node := fmt.Sprintf(`{"Name":%q,"Cluster":%q,"ClusterID":%d}`, name, remote, agent.config.ID)
		if _, err := writer.Put(t.Context(), "cilium/state/nodes/v1/"+remote+"/"+name, node); err != nil {
			t.Fatal(err)
		}
		return remote + "/" + name
	}
	names := []string{write()}
	eventually(t, "the agent follows", func() bool { return agent.has("nodes", names[0]) })
	lists := replicas[0].lists.Load() + replicas[1].lists.Load()
	if lists == 0 {
		t.Fatal("the proxies have seen no list: they do not count")
	}
	known := agent.tally()

	for range 2 {
		for _, dead := range replicas {
			moved := dead.watches.Load() > 0
			dead.cut()
			for range 10 {
				names = append(names, write())
			}
			last := names[len(names)-1]
			eventually(t, "the agent follows at the other replica", func() bool { return agent.has("nodes", last) })
			t.Logf("a replica with watches (%v) was cut off", moved)
			dead.serve(t)
		}
	}

	if again := replicas[0].lists.Load() + replicas[1].lists.Load(); again != lists {
		t.Fatalf("%d lists before, %d after", lists, again)
	}
	for key, times := range agent.tally() {
		want := known[key]
		if want == 0 {
			want = 1
		}
		if times != want {
			t.Fatalf("the agent was told %d times of %s, it changed %d times", times, key, want)
		}
	}
	for _, name := range names {
		if !agent.has("nodes", name) {
			t.Fatalf("the agent lost %s", name)
		}
	}
	if agent.relists != 1 {
		t.Fatalf("the agent began %d times", agent.relists)
	}
}

func (r *reader) tally() map[string]int {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	copied := map[string]int{}
	for key, times := range r.told {
		copied[key] = times
	}
	return copied
}
