package conformance

import (
	"fmt"
	"strings"
	"sync"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

var watchChecks = []check{
	{"watch-ids", watchIds},
	{"watch-cancel", watchCancel},
	{"watch-cancel-races-with-events", cancelRaces},
	{"watch-ranges", watchRanges},
	{"watch-previous-values", watchPrevious},
	{"watch-of-nothing", watchOfNothing},
	{"watch-fragments", watchFragments},
	{"watch-header-promises-nothing-to-come", headerPromises},
	{"watch-progress-keeps-its-place", progressPlace},
	{"watch-time-does-not-go-back", resumes},
	{"watch-slow-reader-loses-nothing", slowReader},
	{"watch-delete-at-a-compaction", deleteAtCompaction},
	{"watch-future-revision-among-others", futureAmongOthers},
	{"two-hundred-watches-one-stream", twoHundred},
}

func watchIds(p *probe) {
	s := p.stream()
	p.equal("given", s.created("a", func(r *pb.WatchCreateRequest) { r.WatchId = 7 }), 7)
	s.create(&pb.WatchCreateRequest{Key: []byte(p.key("a")), WatchId: 7})
	again := s.read()
	p.equal("twice", []any{again.Created, again.Canceled, again.WatchId, again.CancelReason},
		[]any{true, true, -1, "mvcc: duplicate watch ID provided on the WatchStream"})
	seen := map[int64]bool{7: true}
	for range 10 {
		id := s.created("b", nil)
		if seen[id] {
			p.Fatalf("id %d twice", id)
		}
		seen[id] = true
	}
	p.put("a", "1")
	message := s.read()
	p.equal("the first is as it was", []any{message.WatchId, len(message.Events)}, []any{7, 1})
	s.cancel(7)
	p.equal("canceled", s.read().Canceled, true)
	p.equal("free again", s.created("a", func(r *pb.WatchCreateRequest) { r.WatchId = 7 }), 7)
}

func watchCancel(p *probe) {
	s := p.stream()
	id := s.created("a", nil)
	other := s.created("a", nil)
	s.cancel(id)
	message := s.read()
	p.equal("canceled", []any{message.Canceled, message.WatchId, message.CompactRevision}, []any{true, id, 0})
	p.put("a", "1")
	message = s.read()
	p.equal("the other goes on", []any{message.WatchId, len(message.Events)}, []any{other, 1})
	s.cancel(id)
	s.cancel(4711)
	s.quiet()
}

func cancelRaces(p *probe) {
	stop := make(chan bool)
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := p.on.client.Put(p.ctx, p.key("a"), fmt.Sprint(i)); err != nil {
				p.Error(err)
				return
			}
		}
	})
	defer writer.Wait()
	defer close(stop)
	s := p.stream()
	ended := map[int64]bool{}
	for range 50 {
		s.create(&pb.WatchCreateRequest{Key: []byte(p.key("a"))})
		id := int64(-1)
		for canceled := false; !canceled; {
			message := s.read()
			if ended[message.WatchId] {
				p.Fatalf("after its end: %v", message)
			}
			if message.Created {
				id = message.WatchId
				s.cancel(id)
			} else if message.Canceled {
				p.equal("id", message.WatchId, id)
				canceled = true
			}
		}
		ended[id] = true
	}
}

func watchRanges(p *probe) {
	s := p.stream()
	names := map[int64]string{}
	open := func(what string, key, end []byte) {
		s.create(&pb.WatchCreateRequest{Key: key, RangeEnd: end})
		names[s.read().WatchId] = what
	}
	open("one", []byte(p.key("b")), nil)
	open("range", []byte(p.key("a")), []byte(p.key("b")))
	open("prefix", []byte(p.prefix), after(p.prefix))
	open("from", []byte(p.key("b")), []byte{0})
	p.put("a", "1")
	p.put("b", "1")
	got := map[string]string{}
	for range 5 {
		message := s.read()
		for _, event := range message.Events {
			got[names[message.WatchId]] += string(event.Kv.Key)[len(p.prefix):]
		}
	}
	p.equal("seen", []string{got["one"], got["range"], got["prefix"], got["from"]}, "[b a ab b]")
	s.create(&pb.WatchCreateRequest{Key: []byte(p.key("b")), RangeEnd: []byte(p.key("a"))})
	refused := s.read()
	p.equal("empty", []any{refused.Created, refused.Canceled, refused.WatchId, refused.CancelReason},
		[]any{true, true, -1, "mvcc: watcher range is empty"})
}

func watchPrevious(p *probe) {
	s := p.stream()
	s.created("", func(r *pb.WatchCreateRequest) { r.PrevKv = true })
	one := p.put("a", "1")
	two := p.put("a", "2")
	p.del("a")
	three := p.put("a", "3")
	events := []*mvccpb.Event{}
	for len(events) < 4 {
		events = append(events, s.read().Events...)
	}
	p.equal("created", events[0].PrevKv, (*mvccpb.KeyValue)(nil))
	previous := events[1].PrevKv
	p.equal("updated", []any{string(previous.Value), previous.ModRevision, previous.Version}, []any{"1", one, 1})
	previous = events[2].PrevKv
	p.equal("deleted", []any{string(previous.Value), previous.ModRevision, previous.CreateRevision, previous.Version},
		[]any{"2", two, one, 2})
	p.equal("a delete has no value", []any{len(events[2].Kv.Value), events[2].Kv.Version}, []any{0, 0})
	p.equal("created anew", events[3].PrevKv, (*mvccpb.KeyValue)(nil))
	p.equal("of itself", []any{events[3].Kv.CreateRevision, events[3].Kv.Version}, []any{three, 1})
}

func watchOfNothing(p *probe) {
	s := p.stream()
	s.created("", func(r *pb.WatchCreateRequest) {
		r.Filters = []pb.WatchCreateRequest_FilterType{pb.WatchCreateRequest_NOPUT, pb.WatchCreateRequest_NODELETE}
	})
	p.put("a", "1")
	last := p.del("a").Header.Revision
	for {
		s.askProgress()
		message := s.read()
		p.equal("events", len(message.Events), 0)
		if message.Header.Revision >= last {
			return
		}
	}
}

func watchFragments(p *probe) {
	// etcd cuts at 2 MiB, Meshlog at 1.5 MiB
	value := strings.Repeat("v", 75<<10)
	if p.on.oracle {
		value = strings.Repeat("v", 90<<10)
	}
	write := func() int64 {
		puts := []clientv3.Op{}
		for i := range 12 {
			puts = append(puts, clientv3.OpPut(p.key(fmt.Sprint("k", i)), value))
		}
		answer, err := p.on.client.Txn(p.ctx).Then(puts...).Commit()
		p.must(err)
		return answer.Header.Revision
	}
	s := p.stream()
	s.created("k", func(r *pb.WatchCreateRequest) { r.Fragment, r.PrevKv = true, true })
	write()
	for part := s.read(); part.Fragment; part = s.read() {
	}
	second := write()
	seen, fragments := map[string]int{}, 0
	for last := false; !last; {
		part := s.read()
		for _, event := range part.Events {
			p.equal("revision", event.Kv.ModRevision, second)
			p.equal("previous", len(event.PrevKv.Value), len(value))
			seen[string(event.Kv.Key)]++
		}
		last = !part.Fragment
		fragments++
	}
	if fragments < 2 {
		p.Fatal("all of it came in one message")
	}
	p.equal("keys", len(seen), 12)
	for key, times := range seen {
		p.equal(key, times, 1)
	}
}

// writing puts numbers under some keys, from some clients at once, until it is told to stop.
func (p *probe) writing(clients, each int) *sync.WaitGroup {
	var writers sync.WaitGroup
	for w := range clients {
		writers.Go(func() {
			for i := range each {
				if _, err := p.on.client.Put(p.ctx, p.key(fmt.Sprint("w", w)), fmt.Sprint(i)); err != nil {
					p.Error(err)
					return
				}
			}
		})
	}
	return &writers
}

// inOrder checks that each key's numbers come one after another: nothing lost, doubled or out of order.
type inOrder struct {
	*probe
	next map[string]int
	seen int
}

func (o *inOrder) take(events []*mvccpb.Event) {
	o.Helper()
	for _, event := range events {
		key := string(event.Kv.Key)
		o.equal(key, string(event.Kv.Value), fmt.Sprint(o.next[key]))
		o.next[key]++
		o.seen++
	}
}

func headerPromises(p *probe) {
	s := p.stream()
	start := p.get("").Header.Revision
	orders := map[int64]*inOrder{}
	for _, name := range []string{"w", "w", "w"} {
		orders[s.created(name, from(start+1))] = &inOrder{p, map[string]int{}, 0}
	}
	idle := s.created("idle", func(r *pb.WatchCreateRequest) { r.ProgressNotify = true })
	writers := p.writing(8, 40)
	for left := 3 * 8 * 40; left > 0; {
		message := s.read()
		p.equal("idle", message.WatchId == idle && len(message.Events) > 0, false)
		if order := orders[message.WatchId]; order != nil {
			order.take(message.Events)
		}
		left -= len(message.Events)
	}
	writers.Wait()
}

// progressPlace asks for progress all the while: an answer must not overtake the events it promises.
func progressPlace(p *probe) {
	s := p.stream()
	start := p.get("").Header.Revision
	s.created("w", from(start+1))
	s.created("w", nil)
	late := s.created("w", from(start+200))
	order := map[int64]*inOrder{}
	writers := p.writing(8, 40)
	done := make(chan bool)
	go func() {
		writers.Wait()
		close(done)
	}()
	progress := 0
	for over := false; !over; {
		select {
		case <-done:
			over = true
		default:
		}
		s.askProgress()
		// while they are busy there may be no answer, so every message makes room for the next request
		message := s.read()
		if message.WatchId == -1 {
			progress++
		}
		if message.WatchId != late && len(message.Events) > 0 {
			if order[message.WatchId] == nil {
				order[message.WatchId] = &inOrder{p, map[string]int{}, 0}
			}
			if message.WatchId == 0 {
				order[message.WatchId].take(message.Events)
			}
		}
	}
	for s.askProgress(); order[0].seen < 8*40 || progress == 0; {
		message := s.read()
		if message.WatchId == -1 {
			progress++
		}
		if message.WatchId == 0 {
			order[0].take(message.Events)
		}
	}
}

// resumes ends and resumes one watch again and again, one after its last header, while others write.
func resumes(p *probe) {
	next := p.get("").Header.Revision + 1
	order := &inOrder{p, map[string]int{}, 0}
	writers := p.writing(4, 60)
	for order.seen < 4*60 {
		s := p.stream()
		id := s.created("w", from(next))
		s.upTo[id] = next - 1
		for range 3 {
			if order.seen == 4*60 {
				break
			}
			message := s.read()
			order.take(message.Events)
			next = message.Header.Revision + 1
		}
		p.must(s.wire.CloseSend())
	}
	writers.Wait()
}

// slowReader does not read a stream until much more has been written than a connection buffers.
func slowReader(p *probe) {
	slow, quick := p.stream(), p.stream()
	slow.created("k", nil)
	quick.created("k", nil)
	value := strings.Repeat("v", 32<<10)
	first := int64(0)
	for i := range 200 {
		revision := p.put(fmt.Sprintf("k%03d", i), value)
		if i == 0 {
			first = revision
		}
		for seen := 0; seen == 0; {
			seen = len(quick.read().Events)
		}
	}
	seen := 0
	for last := first - 1; seen < 200; {
		for _, event := range slow.read().Events {
			p.equal("key", string(event.Kv.Key), p.key(fmt.Sprintf("k%03d", seen)))
			if event.Kv.ModRevision <= last {
				p.Fatal("out of order")
			}
			last = event.Kv.ModRevision
			seen++
		}
	}
}

// deleteAtCompaction: a watch that begins at the very revision up to which was compacted still needs the delete there.
func deleteAtCompaction(p *probe) {
	p.put("a", "1")
	deleted := p.del("a").Header.Revision
	p.put("b", "1")
	_, err := p.on.client.Compact(p.ctx, deleted)
	p.unlike(err)
	s := p.stream()
	s.created("", from(deleted))
	events := []string{}
	for len(events) < 2 {
		for _, event := range s.read().Events {
			events = append(events, fmt.Sprint(event.Type, string(event.Kv.Key)[len(p.prefix):]))
		}
	}
	p.equal("events", events, "[DELETEa PUTb]")
	if p.on.oracle {
		s.create(&pb.WatchCreateRequest{Key: []byte(p.key("a")), StartRevision: deleted - 1})
		p.equal("created", s.read().Created, true)
		p.equal("compacted", s.read().CompactRevision, deleted)
	}
}

func futureAmongOthers(p *probe) {
	now := p.get("").Header.Revision
	s := p.stream()
	far := s.created("a", from(now+1_000_000))
	near := s.created("a", nil)
	for i := range 5 {
		p.put("a", fmt.Sprint(i))
	}
	for seen := 0; seen < 5; {
		message := s.read()
		p.equal("id", message.WatchId, near)
		seen += len(message.Events)
	}
	s.cancel(far)
	message := s.read()
	p.equal("canceled", []any{message.Canceled, message.WatchId}, []any{true, far})
	if message.Header.Revision > now+1_000 {
		p.Fatalf("the header is of a future that is not there yet: %d", message.Header.Revision)
	}
}

func twoHundred(p *probe) {
	s := p.stream()
	of := map[int64]string{}
	for i := range 200 {
		name := fmt.Sprintf("k%03d", i)
		s.create(&pb.WatchCreateRequest{Key: []byte(p.key(name))})
		of[s.read().WatchId] = name
	}
	puts := []clientv3.Op{}
	for i := range 200 {
		puts = append(puts, clientv3.OpPut(p.key(fmt.Sprintf("k%03d", i)), "v"))
		if len(puts) == 100 {
			_, err := p.on.client.Txn(p.ctx).Then(puts...).Commit()
			p.must(err)
			puts = nil
		}
	}
	for len(of) > 0 {
		message := s.read()
		p.equal("its own", string(message.Events[0].Kv.Key), p.key(of[message.WatchId]))
		delete(of, message.WatchId)
	}
}
