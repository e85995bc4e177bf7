package cilium

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestCiliumOutlivesKafka has an agent connected while no broker runs. Its connection stays, and nothing is listed again.
// What Cilium itself would end it for takes at most 160 s to show: no heartbeat for two minutes, found out by the next of its
// checks, which are 30 s apart, and confirmed by two more, 5 s apart. Agents that start meanwhile can list. When the brokers
// are back the agent follows on the same connection.
func TestCiliumOutlivesKafka(t *testing.T) {
	endpoint, remote := os.Getenv("MESHLOG_ETCD"), os.Getenv("MESHLOG_CLUSTER")
	brokers, length := os.Getenv("MESHLOG_BROKERS"), os.Getenv("MESHLOG_OUTAGE")
	if endpoint == "" || remote == "" || brokers == "" {
		t.Skip("MESHLOG_ETCD, MESHLOG_CLUSTER and MESHLOG_BROKERS name no Meshlog whose brokers can be stopped")
	}
	outage, err := time.ParseDuration(length)
	if err != nil {
		t.Fatal("MESHLOG_OUTAGE: ", err)
	}
	writer := dial(t, endpoint)
	through := newProxy(t, endpoint)
	agent := join(t, remote, through.address)
	agent.awaitSynced(t)
	put := func(name string) error {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		node := fmt.Sprintf(`{"Name":%q,"Cluster":%q,"ClusterID":%d}`, name, remote, agent.config.ID)
		_, err := writer.Put(ctx, "cilium/state/nodes/v1/"+remote+"/"+name, node)
		return err
	}
	if err := put("before"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the agent follows", func() bool { return agent.has("nodes", remote+"/before") })
	known, nodes := agent.tally(), agent.count("nodes")
	connections, lists, watches := through.connections.Load(), through.lists.Load(), through.watches.Load()
	if connections == 0 || lists == 0 || watches == 0 {
		t.Fatalf("the proxy does not count: %d connections, %d lists, %d watches", connections, lists, watches)
	}
	same := func(when string) {
		t.Helper()
		if c, l, w := through.connections.Load(), through.lists.Load(), through.watches.Load(); c != connections || l != lists || w != watches {
			t.Fatalf("%s: %d connections, %d lists, %d watches; before %d, %d, %d", when, c, l, w, connections, lists, watches)
		}
		if agent.relists != 1 {
			t.Fatalf("%s: the agent began %d times", when, agent.relists)
		}
	}

	tell(t, brokers+"/stop")
	stopped := time.Now()
	if err := put("never"); err == nil {
		t.Fatal("a write is answered while no broker runs")
	}
	startAgent(t, nodes)
	for time.Since(stopped) < outage {
		same(fmt.Sprintf("%s after the brokers ended", time.Since(stopped).Round(time.Second)))
		time.Sleep(time.Second)
	}
	took := startAgent(t, nodes)
	away := time.Since(stopped).Round(time.Second)
	same("at the end of the outage")
	for key, times := range agent.tally() {
		if times != known[key] {
			t.Fatalf("the agent was told %d times of %s, before %d", times, key, known[key])
		}
	}

	tell(t, brokers+"/start")
	started := time.Now()
	for put("after") != nil {
		if time.Since(started) > time.Minute {
			t.Fatal("no write is taken a minute after the brokers are back")
		}
	}
	eventually(t, "the agent follows again", func() bool { return agent.has("nodes", remote+"/after") })
	same("after the brokers came back")
	t.Logf("brokers away for %s: %d connections, %d lists, %d watches, no other; an agent that started then had %d nodes after %s; "+
		"changes flow %s after the brokers' return", away, connections, lists, watches, nodes, took, time.Since(started).Round(time.Millisecond))
}

// startAgent runs TestAnAgentStarts in a process of its own, and answers how long it took.
func startAgent(t *testing.T, nodes int) time.Duration {
	t.Helper()
	agent := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run", "^TestAnAgentStarts$")
	agent.Env = append(os.Environ(), "MESHLOG_NODES="+fmt.Sprint(nodes))
	started := time.Now()
	if said, err := agent.CombinedOutput(); err != nil {
		t.Fatalf("an agent that starts now: %v\n%s", err, said)
	}
	return time.Since(started).Round(time.Millisecond)
}

// TestAnAgentStarts is run by TestCiliumOutlivesKafka: a new agent lists what there is.
func TestAnAgentStarts(t *testing.T) {
	endpoint, remote, nodes := os.Getenv("MESHLOG_ETCD"), os.Getenv("MESHLOG_CLUSTER"), os.Getenv("MESHLOG_NODES")
	if nodes == "" {
		t.Skip("MESHLOG_NODES says of no other agent how much it has")
	}
	agent := join(t, remote, endpoint)
	agent.awaitSynced(t)
	if held := fmt.Sprint(agent.count("nodes")); held != nodes {
		t.Fatalf("it holds %s nodes, the other agent %s", held, nodes)
	}
}

func tell(t *testing.T, url string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatal(url, answer.Status)
	}
}
