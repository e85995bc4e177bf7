package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protowire"
)

const (
	// Keys of puts and of what is watched; a Meshlog keeps them as they are.
	prefix = "bench/"
	// Of these so many, each written again and again.
	watchedKeys = 5_000
	valueBytes  = 256
	page        = 256
	connections = 100
	// Writers that keep one put in flight each: with more, one process serves writes and nothing else.
	maxWriters = 256
	services   = "cilium/state/services/v1/" + cluster + "/"
)

// A run is one series on one target.
type run struct {
	target  *target
	report  *report
	seconds int
	keys    int
	writers []*clientv3.Client
}

func (r *run) begin() {
	r.writers = r.target.connections(8)
	ctx, cancel := context.WithTimeout(speaking(context.Background()), 30*time.Second)
	defer cancel()
	_, err := r.writers[0].Put(ctx, "cilium/cluster-config/"+cluster,
		`{"id":201,"capabilities":{"syncedCanaries":true,"maxConnectedClusters":255}}`)
	must(err)
}

func (r *run) end() { closeAll(r.writers) }

func (r *run) add(series, figure, unit string, value float64) {
	r.report.add(series, figure, unit, r.target.name, value)
	progress("%-8s %s: %s %.4g %s", r.target.name, series, figure, value, unit)
}

func (r *run) addUsage(series string, before usage, per float64, what string) {
	after := r.target.usage()
	serving, sum := after.since(before)
	r.add(series, "CPU of the server", "s", serving)
	r.add(series, "CPU of all parts", "s", sum)
	if per > 0 {
		r.add(series, "CPU per "+what, "us", serving*1e6/per)
	}
	r.add(series, "resident", "MiB", float64(after.rssKb)/1024)
}

// stamp is a value that says when it was due to be written.
func stamp(due time.Time) string {
	text := strconv.FormatInt(due.UnixNano(), 10)
	return text + strings.Repeat(".", valueBytes-len(text))
}

func key(number int64) string { return fmt.Sprintf("%skey-%05d", prefix, number%watchedKeys) }

// put keeps one put in flight per client.
func (r *run) put(ctx context.Context, clients int) {
	series := fmt.Sprintf("put, %d clients", clients)
	before := r.target.usage()
	var done atomic.Int64
	var all []time.Duration
	var lock sync.Mutex
	var group sync.WaitGroup
	began := time.Now()
	end := began.Add(time.Duration(r.seconds) * time.Second)
	for i := range clients {
		group.Go(func() {
			client := r.writers[i%len(r.writers)]
			var latencies []time.Duration
			for time.Now().Before(end) {
				at := time.Now()
				_, err := client.Put(speaking(ctx), key(done.Add(1)), stamp(at))
				must(err)
				latencies = append(latencies, time.Since(at))
			}
			lock.Lock()
			all = append(all, latencies...)
			lock.Unlock()
		})
	}
	group.Wait()
	r.add(series, "rate", "1/s", float64(len(all))/time.Since(began).Seconds())
	r.add(series, "p50", "ms", quantile(all, 0.5))
	r.add(series, "p99", "ms", quantile(all, 0.99))
	r.addUsage(series, before, float64(len(all)), "put")
}

// write puts at a rate, or as fast as it goes where that is 0, and tells how many.
func (r *run) write(ctx context.Context, rate, seconds int) int64 {
	began := time.Now()
	end := began.Add(time.Duration(seconds) * time.Second)
	var next, done atomic.Int64
	var group sync.WaitGroup
	for i := range maxWriters {
		group.Go(func() {
			for {
				mine := next.Add(1) - 1
				due := time.Now()
				if rate > 0 {
					due = began.Add(time.Duration(mine) * time.Second / time.Duration(rate))
				}
				if !due.Before(end) {
					return
				}
				time.Sleep(time.Until(due))
				_, err := r.writers[i%len(r.writers)].Put(speaking(ctx), key(mine), stamp(due))
				must(err)
				done.Add(1)
			}
		})
	}
	group.Wait()
	return done.Load()
}

// fanOut has watchers on a hundred connections, each with all that is written. Counted is what was due after a quarter of
// the time; of what comes, each 16th event's delay.
func (r *run) fanOut(ctx context.Context, watchers, rate int) {
	name := strconv.Itoa(rate) + "/s"
	if rate == 0 {
		name = "the most"
	}
	series := fmt.Sprintf("fan-out, %d watchers, %s", watchers, name)
	watching := r.watch(ctx, watchers, 0)
	defer watching.close()
	r.write(ctx, min(rate, 200), 2)
	watching.forget()
	before := r.target.usage()
	began := time.Now()
	written := r.write(ctx, rate, r.seconds)
	wrote := time.Since(began)
	complete := watching.await(written*int64(watchers), 60*time.Second)
	took := time.Since(began)
	delivered := float64(watching.events.Load())
	if !complete {
		progress("%s: %.0f of %d events came", series, delivered, written*int64(watchers))
	}
	latencies := watching.latencies()
	r.add(series, "written", "1/s", float64(written)/wrote.Seconds())
	r.add(series, "delivered", "1/s", delivered/took.Seconds())
	r.add(series, "p50", "ms", quantile(latencies, 0.5))
	r.add(series, "p99", "ms", quantile(latencies, 0.99))
	r.add(series, "events in a message", "", delivered/float64(max(1, watching.messages.Load())))
	r.addUsage(series, before, delivered, "delivery")
}

// fill writes what snapshots are of: services, as Cilium does.
func (r *run) fill(ctx context.Context) {
	var next atomic.Int64
	var group sync.WaitGroup
	for i := range maxWriters * 2 {
		group.Go(func() {
			for {
				mine := int(next.Add(1) - 1)
				if mine >= r.keys {
					return
				}
				if mine%20_000 == 0 {
					progress("%-8s %d of %d keys are written", r.target.name, mine, r.keys)
				}
				name := fmt.Sprintf("service-%06d", mine)
				value := fmt.Sprintf(`{"cluster":"%s","namespace":"shop","name":"%s",`+
					`"frontends":{"10.96.10.20":{"api":{"Protocol":"TCP","Port":8443}}},`+
					`"backends":{"10.201.2.99":{"api":{"Protocol":"TCP","Port":8443}}},`+
					`"labels":{},"selector":{"app":"pay"},"includeExternal":true,"shared":true,"clusterID":201}`,
					cluster, name)
				_, err := r.writers[i%len(r.writers)].Put(speaking(ctx), services+"shop/"+name, value)
				must(err)
			}
		})
	}
	group.Wait()
}

// snapshot lists all there is as Cilium does: in pages, pinned to the first one's revision.
func (r *run) snapshot(ctx context.Context, clients int) {
	series := fmt.Sprintf("snapshot of %d, %d clients", r.keys, clients)
	connected := r.target.connections(clients)
	defer closeAll(connected)
	before := r.target.usage()
	began := time.Now()
	var group sync.WaitGroup
	var bytes atomic.Int64
	for _, client := range connected {
		group.Go(func() {
			keys, size := list(speaking(ctx), client, services)
			if keys != r.keys {
				must(fmt.Errorf("%s: listed %d keys of %d", r.target.name, keys, r.keys))
			}
			bytes.Add(int64(size))
		})
	}
	group.Wait()
	took := time.Since(began).Seconds()
	r.add(series, "time", "s", took)
	r.add(series, "keys", "1/s", float64(clients*r.keys)/took)
	r.add(series, "bytes", "MB", float64(bytes.Load())/1e6)
	r.addUsage(series, before, float64(clients*r.keys), "key")
}

func list(ctx context.Context, client *clientv3.Client, under string) (keys, bytes int) {
	start, revision := under, int64(0)
	for {
		options := []clientv3.OpOption{clientv3.WithRange(clientv3.GetPrefixRangeEnd(under)), clientv3.WithLimit(page)}
		if revision > 0 {
			options = append(options, clientv3.WithRev(revision))
		}
		got, err := client.Get(ctx, start, options...)
		must(err)
		if keys == 0 {
			revision = got.Header.Revision
		}
		bytes += (*etcdserverpb.RangeResponse)(got).Size()
		keys += len(got.Kvs)
		if !got.More {
			return keys, bytes
		}
		start = string(got.Kvs[len(got.Kvs)-1].Key) + "\x00"
	}
}

// resume has watchers begin at a revision after which there were so many changes; then again after what etcd does not hold
// any more, where its readers have to list.
func (r *run) resume(ctx context.Context, watchers, changes int) {
	series := fmt.Sprintf("resume of %d watchers over %d", watchers, changes)
	first, err := r.writers[0].Put(speaking(ctx), key(0), stamp(time.Now()))
	must(err)
	var next atomic.Int64
	var group sync.WaitGroup
	for i := range maxWriters {
		group.Go(func() {
			for mine := next.Add(1) - 1; mine < int64(changes); mine = next.Add(1) - 1 {
				_, err := r.writers[i%len(r.writers)].Put(speaking(ctx), key(mine), stamp(time.Now()))
				must(err)
			}
		})
	}
	group.Wait()
	for round := range 2 {
		before := r.target.usage()
		began := time.Now()
		watching := r.watch(ctx, watchers, first.Header.Revision+1)
		complete := watching.await(int64(watchers*changes), 120*time.Second)
		took := time.Since(began)
		if round == 1 {
			r.add(series, "time", "s", took.Seconds())
			r.add(series, "bytes of one", "MB", float64(watching.bytes.Load())/float64(watchers)/1e6)
			r.addUsage(series, before, float64(watching.events.Load()), "delivery")
		}
		if !complete {
			progress("%s: %d of %d events came", series, watching.events.Load(), watchers*changes)
		}
		watching.close()
	}
}

// watching is many watches, on plain gRPC: etcd's own client costs several times what the servers do.
type watching struct {
	cancel   context.CancelFunc
	conns    []*grpc.ClientConn
	events   atomic.Int64
	messages atomic.Int64
	bytes    atomic.Int64
	lock     sync.Mutex
	delays   []time.Duration
}

// raw hands messages over as they came.
type raw struct{}

func (raw) Name() string { return "proto" }
func (raw) Marshal(v any) ([]byte, error) {
	return v.(*etcdserverpb.WatchRequest).Marshal()
}
func (raw) Unmarshal(data []byte, v any) error {
	*v.(*[]byte) = append((*v.(*[]byte))[:0], data...)
	return nil
}

// watch opens watches of everything below the prefix and returns when all are.
func (r *run) watch(ctx context.Context, watchers int, from int64) *watching {
	ctx, cancel := context.WithCancel(speaking(ctx))
	w := &watching{cancel: cancel}
	for range min(connections, watchers) {
		conn, err := grpc.NewClient(r.target.endpoint, grpc.WithTransportCredentials(insecure.NewCredentials()),
			grpc.WithDefaultCallOptions(grpc.ForceCodec(raw{}), grpc.MaxCallRecvMsgSize(64<<20)),
			grpc.WithInitialWindowSize(1<<20), grpc.WithInitialConnWindowSize(4<<20))
		must(err)
		w.conns = append(w.conns, conn)
	}
	var opened sync.WaitGroup
	opened.Add(watchers)
	description := &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}
	for i := range watchers {
		go func() {
			stream, err := w.conns[i%len(w.conns)].NewStream(ctx, description, "/etcdserverpb.Watch/Watch")
			must(err)
			request := &etcdserverpb.WatchRequest{RequestUnion: &etcdserverpb.WatchRequest_CreateRequest{
				CreateRequest: &etcdserverpb.WatchCreateRequest{
					Key: []byte(prefix), RangeEnd: []byte(clientv3.GetPrefixRangeEnd(prefix)), StartRevision: from}}}
			must(stream.SendMsg(request))
			w.read(stream, &opened)
		}()
	}
	opened.Wait()
	return w
}

func (w *watching) read(stream grpc.ClientStream, opened *sync.WaitGroup) {
	var message []byte
	first := true
	for count := 0; stream.RecvMsg(&message) == nil; {
		if first {
			first = false
			opened.Done()
		}
		events := 0
		eachField(message, 11, func(event []byte) {
			events++
			if count++; count%16 == 0 {
				w.sample(event)
			}
		})
		w.events.Add(int64(events))
		w.bytes.Add(int64(len(message)))
		if events > 0 {
			w.messages.Add(1)
		}
	}
}

// eachField calls for each field of that number that has a length.
func eachField(message []byte, number protowire.Number, each func([]byte)) {
	for len(message) > 0 {
		field, kind, tag := protowire.ConsumeTag(message)
		size := protowire.ConsumeFieldValue(field, kind, message[tag:])
		if tag < 0 || size < 0 {
			must(fmt.Errorf("a message that cannot be read"))
		}
		if field == number && kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(message[tag:])
			each(value)
		}
		message = message[tag+size:]
	}
}

func (w *watching) sample(bytes []byte) {
	var event mvccpb.Event
	must(event.Unmarshal(bytes))
	text, _, _ := strings.Cut(string(event.Kv.Value), ".")
	due, err := strconv.ParseInt(text, 10, 64)
	must(err)
	delay := time.Since(time.Unix(0, due))
	w.lock.Lock()
	w.delays = append(w.delays, delay)
	w.lock.Unlock()
}

// forget begins to count.
func (w *watching) forget() {
	// what is under way is of before; nothing is written now
	for last := int64(-1); last != w.events.Load(); time.Sleep(300 * time.Millisecond) {
		last = w.events.Load()
	}
	w.events.Store(0)
	w.messages.Store(0)
	w.bytes.Store(0)
	w.lock.Lock()
	w.delays = nil
	w.lock.Unlock()
}

func (w *watching) await(events int64, patience time.Duration) bool {
	for end := time.Now().Add(patience); w.events.Load() < events; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

func (w *watching) latencies() []time.Duration {
	w.lock.Lock()
	defer w.lock.Unlock()
	return w.delays[len(w.delays)/4:]
}

func (w *watching) close() {
	w.cancel()
	for _, conn := range w.conns {
		conn.Close()
	}
}
