// Records what Cilium's own export code writes for random Kubernetes objects, changed one after the other.
//
// Linked are the very synchronizers of clustermesh-apiserver, over Cilium's in-memory Kubernetes and key-value clients.
// The recordings are the facts that Meshlog's export is compared with by RecordedExportTest, which needs no Go.
//
//	go test ./... -count=1                  the recordings are still what this version of Cilium writes
//	go test ./... -count=1 -args -record    writes them anew
package export

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	uhive "github.com/cilium/hive"
	"github.com/cilium/hive/cell"
	"github.com/cilium/hive/hivetest"
	"github.com/cilium/hive/script"
	"github.com/cilium/statedb"
	"github.com/spf13/pflag"

	"github.com/cilium/cilium/clustermesh-apiserver/clustermesh"
	cmk8s "github.com/cilium/cilium/clustermesh-apiserver/clustermesh/k8s"
	"github.com/cilium/cilium/clustermesh-apiserver/syncstate"
	clustercfgcell "github.com/cilium/cilium/pkg/clustermesh/clustercfg/cell"
	mcsapitypes "github.com/cilium/cilium/pkg/clustermesh/mcsapi/types"
	cmtypes "github.com/cilium/cilium/pkg/clustermesh/types"
	"github.com/cilium/cilium/pkg/hive"
	k8sclient "github.com/cilium/cilium/pkg/k8s/client/testutils"
	k8stestutils "github.com/cilium/cilium/pkg/k8s/testutils"
	"github.com/cilium/cilium/pkg/k8s/version"
	"github.com/cilium/cilium/pkg/kvstore"
	"github.com/cilium/cilium/pkg/kvstore/store"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/labelsfilter"
	"github.com/cilium/cilium/pkg/lock"
)

const recordings = "../../../publisher/src/test/resources/recorded"

var record = flag.Bool("record", false, "write the recordings anew instead of comparing with them")

// Step is a change of one object and what Cilium wrote after it. A key without a value is one that was deleted.
type step struct {
	Op      string             `json:"op"`
	Object  map[string]any     `json:"object"`
	Changes map[string]*string `json:"changes"`
}

func TestRecordings(t *testing.T) {
	version.Force(k8stestutils.DefaultVersion)
	for seed, scenario := range scenarios {
		t.Run(scenario.name, func(t *testing.T) { play(t, seed) })
	}
}

// Cilium's filter of identity labels decides what an identity is made of, not what of it is exported: the recording is the
// same under a filter that leaves one label.
func TestTheFilterOfIdentityLabelsDoesNotCount(t *testing.T) {
	version.Force(k8stestutils.DefaultVersion)
	log := hivetest.Logger(t, hivetest.LogLevel(slog.LevelError))
	check(t, labelsfilter.ParseLabelPrefixCfg(log, []string{"k8s:io.kubernetes.pod.namespace"}, nil, ""))
	t.Cleanup(func() { check(t, labelsfilter.ParseLabelPrefixCfg(log, nil, nil, "")) })
	if kept, _ := labelsfilter.Filter(labels.NewLabelsFromModel([]string{"k8s:app=web"})); len(kept) != 0 {
		t.Fatalf("the filter keeps %v", kept)
	}
	play(t, 0)
}

func play(t *testing.T, seed int) {
	scenario := scenarios[seed]
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	check(t, encoder.Encode(map[string]any{"flags": scenario.flags}))
	cilium := start(t, scenario.flags)
	check(t, encoder.Encode(step{"start", nil, cilium.settle(t)}))
	for _, change := range generate(uint64(seed+1), scenario.steps) {
		cilium.apply(t, change)
		change.Changes = cilium.settle(t)
		check(t, encoder.Encode(change))
	}
	compare(t, filepath.Join(recordings, scenario.name+".jsonl.gz"), out.Bytes())
}

func compare(t *testing.T, file string, now []byte) {
	if *record {
		var packed bytes.Buffer
		writer, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		_, err := writer.Write(now)
		check(t, err)
		check(t, writer.Close())
		check(t, os.MkdirAll(filepath.Dir(file), 0o755))
		check(t, os.WriteFile(file, packed.Bytes(), 0o644))
		return
	}
	packed, err := os.Open(file)
	check(t, err)
	defer packed.Close()
	reader, err := gzip.NewReader(packed)
	check(t, err)
	before, err := io.ReadAll(reader)
	check(t, err)
	lines, recorded := strings.Split(string(now), "\n"), strings.Split(string(before), "\n")
	for i := range min(len(lines), len(recorded)) {
		if lines[i] != recorded[i] {
			t.Fatalf("line %d:\nrecorded %s\nnow      %s", i+1, recorded[i], lines[i])
		}
	}
	if len(lines) != len(recorded) {
		t.Fatalf("%d lines recorded, %d now", len(recorded), len(lines))
	}
}

type cilium struct {
	client kvstore.Client
	cmds   map[string]script.Cmd
	state  *script.State
	dir    string
	before map[string]string
}

func start(t *testing.T, flags []string) *cilium {
	log := hivetest.Logger(t, hivetest.LogLevel(slog.LevelError))
	c := &cilium{dir: t.TempDir(), before: map[string]string{}}
	h := hive.New(
		cell.Config(cmtypes.DefaultClusterInfo),
		cell.Config(cmtypes.DefaultServiceModeV2Config),
		cell.Config(mcsapitypes.DefaultMCSAPIConfig),
		cell.Invoke(cmtypes.ServiceModeV2Config.Validate),
		k8sclient.FakeClientCell(),
		cmk8s.ResourcesCell,
		cell.Provide(func(db *statedb.DB) (kvstore.Client, uhive.ScriptCmdsOut) {
			client := kvstore.NewInMemoryClient(db, "__local__")
			return client, uhive.NewScriptCmds(kvstore.Commands(client))
		}),
		cell.Provide(func() store.Factory { return store.NewFactory(log, store.MetricsProvider()) }),
		cell.Provide(func() syncstate.SyncState {
			return syncstate.SyncState{StoppableWaitGroup: lock.NewStoppableWaitGroup()}
		}),
		clustercfgcell.WithSyncedCanaries(true),
		clustercfgcell.Cell,
		clustermesh.Synchronization,
		cell.Invoke(func(client kvstore.Client) { c.client = client }),
	)
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	h.RegisterFlags(set)
	check(t, set.Parse(append([]string{"--cluster-name=cluster1"}, flags...)))
	cmds, err := h.ScriptCommands(log)
	check(t, err)
	c.cmds = cmds
	c.state, err = script.NewState(context.Background(), c.dir, nil)
	check(t, err)
	c.state.Flags = pflag.NewFlagSet("", pflag.ContinueOnError)
	c.apply(t, step{Op: "add", Object: serviceExportDefinition})
	check(t, h.Start(log, context.Background()))
	t.Cleanup(func() { check(t, h.Stop(log, context.Background())) })
	return c
}

func (c *cilium) apply(t *testing.T, change step) {
	text, err := json.Marshal(change.Object)
	check(t, err)
	check(t, os.WriteFile(filepath.Join(c.dir, "object.yaml"), text, 0o600))
	wait, err := c.cmds["k8s/"+change.Op].Run(c.state, "object.yaml")
	check(t, err)
	if wait != nil {
		_, _, err = wait(c.state)
		check(t, err)
	}
}

// settle waits until nothing has been written for a while and tells what differs from before.
func (c *cilium) settle(t *testing.T) map[string]*string {
	const quiet, every = 20, 5 * time.Millisecond
	last, same := c.list(t), 0
	for same < quiet {
		time.Sleep(every)
		now := c.list(t)
		if maps.Equal(now, last) {
			same++
		} else {
			last, same = now, 0
		}
	}
	changes := map[string]*string{}
	for key, value := range last {
		if earlier, there := c.before[key]; !there || earlier != value {
			changes[key] = &value
		}
	}
	for key := range c.before {
		if _, there := last[key]; !there {
			changes[key] = nil
		}
	}
	c.before = last
	return changes
}

func (c *cilium) list(t *testing.T) map[string]string {
	pairs, err := c.client.ListPrefix(context.Background(), "cilium/")
	check(t, err)
	all := make(map[string]string, len(pairs))
	for key, pair := range pairs {
		switch {
		case strings.HasPrefix(key, "cilium/synced/"):
			all[key] = "(the time)"
		case utf8.Valid(pair.Data) && !strings.Contains(key, "/endpointslices/"):
			all[key] = string(pair.Data)
		default:
			all[key] = base64.StdEncoding.EncodeToString(pair.Data)
		}
	}
	return all
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func name(prefix string, i int) string { return fmt.Sprintf("%s-%d", prefix, i) }
