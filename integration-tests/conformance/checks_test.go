package conformance

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// A check is of one behaviour, told by the client library or the wire.
type check struct {
	name string
	run  func(*probe)
}

var basics = []check{
	{"put-get-delete", putGetDelete},
	{"revisions-and-versions", revisions},
	{"ranges", ranges},
	{"pages-are-of-one-revision", pages},
	{"sorts-and-filters", sorts},
	{"past-and-future-revisions", pastAndFuture},
	{"put-keeps-value-or-lease", putKeeps},
	{"delete-range", deleteRange},
	{"transactions", transactions},
	{"a-transaction-is-one-revision", oneRevision},
	{"transaction-errors", transactionErrors},
	{"two-clients-lock-one-wins", locks},
	{"watch", watch},
	{"watch-from-the-past", watchPast},
	{"watch-from-the-future", watchFuture},
	{"watch-filters-and-previous", watchFilters},
	{"watch-never-splits-a-revision", watchWhole},
	{"watch-progress", watchProgress},
	{"many-watches-one-stream", manyWatches},
	{"watch-loses-nothing-under-load", watchLoad},
	{"leases", leases},
	{"a-lease-ends", leaseEnds},
	{"lease-errors", leaseErrors},
	{"status-and-members", statusAndMembers},
	{"many-writes-at-once", manyWrites},
}

func putGetDelete(p *probe) {
	first := p.put("a", "1")
	got := p.get("a")
	p.equal("count", got.Count, 1)
	p.equal("value", string(got.Kvs[0].Value), "1")
	p.equal("mod revision", got.Kvs[0].ModRevision, first)
	if got.Header.ClusterId == 0 || got.Header.Revision < first {
		p.Fatalf("header %v", got.Header)
	}
	answer, err := p.on.client.Put(p.ctx, p.key("a"), "2", clientv3.WithPrevKV())
	p.must(err)
	p.equal("previous", string(answer.PrevKv.Value), "1")
	p.equal("deleted", p.del("a", clientv3.WithPrevKV()).Deleted, 1)
	p.equal("after", p.get("a").Count, 0)
	p.equal("deleted again", p.del("a").Deleted, 0)
	_, err = p.on.client.Put(p.ctx, "", "x")
	p.fails(err, "etcdserver: key is not provided")
}

func revisions(p *probe) {
	create := p.put("a", "1")
	mod := p.put("a", "1")
	if mod <= create {
		p.Fatalf("an equal put is a write too: %d after %d", mod, create)
	}
	kv := p.get("a").Kvs[0]
	p.equal("create, mod, version", []int64{kv.CreateRevision, kv.ModRevision, kv.Version}, []int64{create, mod, 2})
	p.del("a")
	again := p.put("a", "3")
	kv = p.get("a").Kvs[0]
	p.equal("create, mod, version", []int64{kv.CreateRevision, kv.ModRevision, kv.Version}, []int64{again, again, 1})
}

func ranges(p *probe) {
	for _, name := range []string{"b", "a/2", "a/1", "c"} {
		p.put(name, name)
	}
	p.equal("prefix", p.keys(p.get("a/", clientv3.WithPrefix())), "[a/1 a/2]")
	p.equal("range", p.keys(p.get("a/2", clientv3.WithRange(p.key("c")))), "[a/2 b]")
	limited := p.get("", clientv3.WithPrefix(), clientv3.WithLimit(3))
	p.equal("limited", p.keys(limited), "[a/1 a/2 b]")
	p.equal("more, count", []any{limited.More, limited.Count}, []any{true, 4})
	only := p.get("", clientv3.WithPrefix(), clientv3.WithKeysOnly())
	p.equal("keys only", len(only.Kvs[0].Value), 0)
	count := p.get("", clientv3.WithPrefix(), clientv3.WithCountOnly())
	p.equal("count only", []any{count.Count, len(count.Kvs)}, []any{4, 0})
	p.equal("serializable", p.get("b", clientv3.WithSerializable()).Count, 1)
	p.equal("empty range", p.get("c", clientv3.WithRange(p.key("b"))).Count, 0)
}

func pages(p *probe) {
	for i := range 30 {
		p.put(fmt.Sprintf("k%02d", i), "1")
	}
	seen := []string{}
	end := clientv3.GetPrefixRangeEnd(p.key("k"))
	start, revision := "k", int64(0)
	for {
		page := p.get(start, clientv3.WithRange(end), clientv3.WithLimit(7), clientv3.WithRev(revision))
		p.equal("count", page.Count, 30-len(seen))
		if revision == 0 {
			revision = page.Header.Revision
		}
		seen = append(seen, p.keys(page)...)
		if !page.More {
			break
		}
		start = seen[len(seen)-1] + "\x00"
		p.put("k00x", "meanwhile")
		p.put("k29", "changed")
		p.del("k28")
		p.put("k28", "again")
	}
	p.equal("keys", len(seen), 30)
}

func sorts(p *probe) {
	var last int64
	for _, name := range []string{"c", "a", "b"} {
		last = p.put(name, "v"+name)
	}
	p.put("a", "z")
	sorted := func(target clientv3.SortTarget, order clientv3.SortOrder) []string {
		return p.keys(p.get("", clientv3.WithPrefix(), clientv3.WithSort(target, order)))
	}
	p.equal("by create", sorted(clientv3.SortByCreateRevision, clientv3.SortAscend), "[c a b]")
	p.equal("by mod", sorted(clientv3.SortByModRevision, clientv3.SortDescend), "[a b c]")
	p.equal("by version", sorted(clientv3.SortByVersion, clientv3.SortDescend)[0], "a")
	p.equal("by value", sorted(clientv3.SortByValue, clientv3.SortAscend), "[b c a]")
	p.equal("by key", sorted(clientv3.SortByKey, clientv3.SortDescend), "[c b a]")
	p.equal("min mod", p.keys(p.get("", clientv3.WithPrefix(), clientv3.WithMinModRev(last))), "[a b]")
	p.equal("max create", p.keys(p.get("", clientv3.WithPrefix(), clientv3.WithMaxCreateRev(last-1))), "[a c]")
	p.equal("first", p.keys(p.get("", append(clientv3.WithFirstCreate(), clientv3.WithPrefix())...)), "[c]")
}

func pastAndFuture(p *probe) {
	first := p.put("a", "1")
	p.put("b", "1")
	p.del("a")
	p.equal("past", p.keys(p.get("", clientv3.WithPrefix(), clientv3.WithRev(first))), "[a]")
	now := p.get("", clientv3.WithPrefix())
	p.equal("now", p.keys(now), "[b]")
	_, err := p.on.client.Get(p.ctx, p.key("a"), clientv3.WithRev(now.Header.Revision+1000))
	if !errors.Is(err, rpctypes.ErrFutureRev) {
		p.Fatalf("future: %v", err)
	}
}

func putKeeps(p *probe) {
	lease, err := p.on.client.Grant(p.ctx, 60)
	p.must(err)
	p.put("a", "1", clientv3.WithLease(lease.ID))
	p.put("a", "", clientv3.WithIgnoreValue())
	p.equal("value kept, lease gone", []any{string(p.get("a").Kvs[0].Value), p.get("a").Kvs[0].Lease}, []any{"1", 0})
	p.put("a", "1", clientv3.WithLease(lease.ID))
	p.put("a", "2", clientv3.WithIgnoreLease())
	p.equal("lease kept", clientv3.LeaseID(p.get("a").Kvs[0].Lease), lease.ID)
	_, err = p.on.client.Put(p.ctx, p.key("none"), "", clientv3.WithIgnoreValue())
	p.fails(err, "etcdserver: key not found")
}

func deleteRange(p *probe) {
	for _, name := range []string{"a/1", "a/2", "a/3", "b"} {
		p.put(name, name)
	}
	before := p.get("b").Header.Revision
	answer := p.del("a/2", clientv3.WithRange(p.key("b")), clientv3.WithPrevKV())
	p.equal("deleted", answer.Deleted, 2)
	p.equal("previous", len(answer.PrevKvs), 2)
	p.equal("one write", answer.Header.Revision, before+1)
	p.equal("rest", p.keys(p.get("", clientv3.WithPrefix())), "[a/1 b]")
	p.equal("nothing", p.del("x/", clientv3.WithPrefix()).Header.Revision, answer.Header.Revision)
}

func transactions(p *probe) {
	create := func(name string) (*clientv3.TxnResponse, error) {
		return p.on.client.Txn(p.ctx).
			If(clientv3.Compare(clientv3.CreateRevision(p.key(name)), "=", 0)).
			Then(clientv3.OpPut(p.key(name), "mine"), clientv3.OpGet(p.prefix, clientv3.WithPrefix())).
			Else(clientv3.OpGet(p.key(name))).Commit()
	}
	first, err := create("lock")
	p.must(err)
	p.equal("succeeded", first.Succeeded, true)
	p.equal("reads what was written", first.Responses[1].GetResponseRange().Count, 1)
	second, err := create("lock")
	p.must(err)
	p.equal("succeeded", second.Succeeded, false)
	p.equal("reads what is there", string(second.Responses[0].GetResponseRange().Kvs[0].Value), "mine")
	for name, compare := range map[string]clientv3.Cmp{
		"version":      clientv3.Compare(clientv3.Version(p.key("lock")), "=", 1),
		"mod revision": clientv3.Compare(clientv3.ModRevision(p.key("lock")), ">", 0),
		"value":        clientv3.Compare(clientv3.Value(p.key("lock")), "=", "mine"),
		"not value":    clientv3.Compare(clientv3.Value(p.key("lock")), "!=", "other"),
		"lease":        clientv3.Compare(clientv3.LeaseValue(p.key("lock")), "=", 0),
		"missing":      clientv3.Compare(clientv3.Version(p.key("none")), "=", 0),
	} {
		for _, writes := range []bool{true, false} {
			then := clientv3.OpGet(p.key("lock"))
			if writes {
				then = clientv3.OpPut(p.key("probe"), name)
			}
			answer, err := p.on.client.Txn(p.ctx).If(compare).Then(then).Commit()
			p.must(err)
			p.equal(name, answer.Succeeded, true)
		}
	}
	for _, then := range []clientv3.Op{clientv3.OpPut(p.key("probe"), "x"), clientv3.OpGet(p.key("lock"))} {
		missing, err := p.on.client.Txn(p.ctx).
			If(clientv3.Compare(clientv3.Value(p.key("none")), "!=", "x")).Then(then).Commit()
		p.must(err)
		p.equal("a missing key has no value", missing.Succeeded, false)
	}
}

func oneRevision(p *probe) {
	p.put("old", "1")
	watch := p.on.client.Watch(p.ctx, p.prefix, clientv3.WithPrefix(), clientv3.WithCreatedNotify())
	p.next(watch)
	answer, err := p.on.client.Txn(p.ctx).
		Then(clientv3.OpPut(p.key("a"), "1"), clientv3.OpPut(p.key("b"), "2"),
			clientv3.OpDelete(p.key("old"), clientv3.WithPrevKV())).Commit()
	p.must(err)
	p.equal("deleted", answer.Responses[2].GetResponseDeleteRange().Deleted, 1)
	message := p.next(watch)
	p.equal("events", len(message.Events), 3)
	for _, event := range message.Events {
		p.equal("revision", event.Kv.ModRevision, answer.Header.Revision)
	}
	for _, kv := range p.get("", clientv3.WithPrefix()).Kvs {
		p.equal("revision", kv.ModRevision, answer.Header.Revision)
	}
}

func transactionErrors(p *probe) {
	_, err := p.on.client.Txn(p.ctx).
		Then(clientv3.OpPut(p.key("a"), "1"), clientv3.OpPut(p.key("a"), "2")).Commit()
	p.fails(err, "etcdserver: duplicate key given in txn request")
	_, err = p.on.client.Txn(p.ctx).
		Then(clientv3.OpPut(p.key("a"), "1"), clientv3.OpDelete(p.prefix, clientv3.WithPrefix())).Commit()
	p.fails(err, "etcdserver: duplicate key given in txn request")
	many := []clientv3.Op{}
	for i := range 129 {
		many = append(many, clientv3.OpPut(p.key(fmt.Sprint(i)), ""))
	}
	_, err = p.on.client.Txn(p.ctx).Then(many...).Commit()
	p.fails(err, "etcdserver: too many operations in txn request")
	p.equal("nothing was written", p.get("", clientv3.WithPrefix()).Count, 0)
}

func locks(p *probe) {
	var mutex sync.Mutex
	var all sync.WaitGroup
	won := 0
	for i := range 20 {
		all.Go(func() {
			answer, err := p.on.client.Txn(p.ctx).
				If(clientv3.Compare(clientv3.CreateRevision(p.key("lock")), "=", 0)).
				Then(clientv3.OpPut(p.key("lock"), fmt.Sprint(i))).Commit()
			if err != nil {
				p.Error(err)
			} else if answer.Succeeded {
				mutex.Lock()
				won++
				mutex.Unlock()
			}
		})
	}
	all.Wait()
	p.equal("winners", won, 1)
}

func watch(p *probe) {
	watch := p.on.client.Watch(p.ctx, p.key("w/"), clientv3.WithPrefix(), clientv3.WithCreatedNotify())
	p.equal("created", p.next(watch).Created, true)
	p.put("w/a", "1")
	p.put("other", "1")
	p.put("w/a", "2")
	p.del("w/a")
	p.equal("events", p.events(watch, 3), "[PUT w/a=1 PUT w/a=2 DELETE w/a=]")
}

func watchPast(p *probe) {
	first := p.put("w/a", "1")
	p.put("w/b", "1")
	p.put("w/a", "2")
	p.del("w/b")
	watch := p.on.client.Watch(p.ctx, p.key("w/"), clientv3.WithPrefix(), clientv3.WithRev(first))
	p.equal("events", p.events(watch, 4), "[PUT w/a=1 PUT w/b=1 PUT w/a=2 DELETE w/b=]")
	p.put("w/c", "1")
	p.equal("and on", p.events(watch, 1), "[PUT w/c=1]")
	// from the same revision again, in the middle of it
	watch = p.on.client.Watch(p.ctx, p.key("w/"), clientv3.WithPrefix(), clientv3.WithRev(first+2))
	p.equal("events", p.events(watch, 3), "[PUT w/a=2 DELETE w/b= PUT w/c=1]")
}

func watchFuture(p *probe) {
	now := p.put("w/a", "1")
	watch := p.on.client.Watch(p.ctx, p.key("w/"), clientv3.WithPrefix(), clientv3.WithRev(now+3))
	p.put("w/a", "2")
	p.put("w/a", "3")
	p.put("w/a", "4")
	p.equal("events", p.events(watch, 1), "[PUT w/a=4]")
}

func watchFilters(p *probe) {
	p.put("a", "1")
	puts := p.on.client.Watch(p.ctx, p.key("a"), clientv3.WithFilterDelete(), clientv3.WithCreatedNotify())
	deletes := p.on.client.Watch(p.ctx, p.key("a"), clientv3.WithFilterPut(), clientv3.WithPrevKV(), clientv3.WithCreatedNotify())
	p.next(puts)
	p.next(deletes)
	p.put("a", "2")
	p.del("a")
	p.put("a", "3")
	p.equal("puts", p.events(puts, 2), "[PUT a=2 PUT a=3]")
	message := p.next(deletes)
	p.equal("deletes", []any{len(message.Events), message.Events[0].Type, string(message.Events[0].PrevKv.Value)}, "[1 DELETE 2]")
}

func watchWhole(p *probe) {
	watch := p.on.client.Watch(p.ctx, p.prefix, clientv3.WithPrefix(), clientv3.WithCreatedNotify())
	p.next(watch)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			puts := []clientv3.Op{}
			for i := range 100 {
				puts = append(puts, clientv3.OpPut(p.key(fmt.Sprintf("k%03d", i)), "v"))
			}
			if _, err := p.on.client.Txn(p.ctx).Then(puts...).Commit(); err != nil {
				p.Error(err)
			}
		})
	}
	seen := 0
	for seen < 2000 {
		message := p.next(watch)
		of := map[int64]int{}
		for _, event := range message.Events {
			of[event.Kv.ModRevision]++
		}
		for revision, events := range of {
			if events != 100 {
				p.Fatalf("%d of revision %d's 100 events came in one message", events, revision)
			}
		}
		seen += len(message.Events)
	}
	all.Wait()
}

func watchProgress(p *probe) {
	watch := p.on.client.Watch(p.ctx, p.key("w"), clientv3.WithCreatedNotify())
	created := p.next(watch)
	revision := p.put("other", "1")
	deadline := time.Now().Add(10 * time.Second)
	for {
		p.must(p.on.client.RequestProgress(p.ctx))
		message := p.next(watch)
		if !message.IsProgressNotify() {
			p.Fatalf("not progress: %v", message)
		}
		if message.Header.Revision < created.Header.Revision {
			p.Fatal("progress goes back")
		}
		if message.Header.Revision >= revision {
			return
		}
		if time.Now().After(deadline) {
			p.Fatalf("progress stays at %d, %d was written", message.Header.Revision, revision)
		}
	}
}

func manyWatches(p *probe) {
	watches := []clientv3.WatchChan{}
	for i := range 50 {
		watches = append(watches, p.on.client.Watch(p.ctx, p.key(fmt.Sprint("k", i)), clientv3.WithCreatedNotify()))
	}
	for _, watch := range watches {
		p.next(watch)
	}
	for i := range 50 {
		p.put(fmt.Sprint("k", i), "1")
	}
	for i, watch := range watches {
		p.equal("event", p.events(watch, 1), fmt.Sprintf("[PUT k%d=1]", i))
	}
}

func watchLoad(p *probe) {
	start := p.get("").Header.Revision
	var writers sync.WaitGroup
	for w := range 10 {
		writers.Go(func() {
			for i := range 100 {
				if _, err := p.on.client.Put(p.ctx, p.key(fmt.Sprint("k", w)), fmt.Sprint(i)); err != nil {
					p.Error(err)
					return
				}
			}
		})
	}
	var readers sync.WaitGroup
	for range 5 {
		readers.Go(func() {
			watch := p.on.client.Watch(p.ctx, p.prefix, clientv3.WithPrefix(), clientv3.WithRev(start+1))
			next := map[string]int{}
			for _, event := range p.events(watch, 1000) {
				var key string
				var value int
				fmt.Sscanf(event, "PUT %2s=%d", &key, &value)
				if value != next[key] {
					p.Errorf("%s: got %d, want %d", key, value, next[key])
				}
				next[key] = value + 1
			}
		})
	}
	writers.Wait()
	readers.Wait()
}

func leases(p *probe) {
	lease, err := p.on.client.Grant(p.ctx, 60)
	p.must(err)
	p.equal("ttl", lease.TTL, 60)
	p.put("a", "1", clientv3.WithLease(lease.ID))
	p.put("b", "1", clientv3.WithLease(lease.ID))
	alive, err := p.on.client.KeepAliveOnce(p.ctx, lease.ID)
	p.must(err)
	if alive.TTL < 55 || alive.TTL > 60 {
		p.Fatalf("ttl %d", alive.TTL)
	}
	ttl, err := p.on.client.TimeToLive(p.ctx, lease.ID, clientv3.WithAttachedKeys())
	p.must(err)
	p.equal("granted, keys", []any{ttl.GrantedTTL, len(ttl.Keys)}, "[60 2]")
	all, err := p.on.client.Leases(p.ctx)
	p.must(err)
	found := false
	for _, one := range all.Leases {
		found = found || one.ID == lease.ID
	}
	p.equal("listed", found, true)
	p.equal("attached", clientv3.LeaseID(p.get("a").Kvs[0].Lease), lease.ID)
	p.put("b", "2")
	watch := p.on.client.Watch(p.ctx, p.prefix, clientv3.WithPrefix(), clientv3.WithCreatedNotify())
	p.next(watch)
	_, err = p.on.client.Revoke(p.ctx, lease.ID)
	p.must(err)
	p.equal("deleted with it", p.events(watch, 1), "[DELETE a=]")
	p.equal("left", p.keys(p.get("", clientv3.WithPrefix())), "[b]")
	gone, err := p.on.client.TimeToLive(p.ctx, lease.ID)
	p.must(err)
	p.equal("ttl", gone.TTL, -1)
}

func leaseEnds(p *probe) {
	lease, err := p.on.client.Grant(p.ctx, 5)
	p.must(err)
	other, err := p.on.client.Grant(p.ctx, 5)
	p.must(err)
	kept, err := p.on.client.KeepAlive(p.ctx, other.ID)
	p.must(err)
	go func() {
		for range kept {
		}
	}()
	p.put("gone", "1", clientv3.WithLease(lease.ID))
	p.put("kept", "1", clientv3.WithLease(other.ID))
	watch := p.on.client.Watch(p.ctx, p.prefix, clientv3.WithPrefix(), clientv3.WithCreatedNotify())
	p.next(watch)
	p.equal("expired", p.events(watch, 1), "[DELETE gone=]")
	p.equal("left", p.keys(p.get("", clientv3.WithPrefix())), "[kept]")
}

func leaseErrors(p *probe) {
	_, err := p.on.client.Put(p.ctx, p.key("a"), "1", clientv3.WithLease(12345))
	p.fails(err, "etcdserver: requested lease not found")
	_, err = p.on.client.Txn(p.ctx).Then(clientv3.OpPut(p.key("a"), "1", clientv3.WithLease(12345))).Commit()
	p.fails(err, "etcdserver: requested lease not found")
	_, err = p.on.client.Revoke(p.ctx, 12345)
	p.fails(err, "etcdserver: requested lease not found")
	_, err = p.on.client.KeepAliveOnce(p.ctx, 12345)
	p.fails(err, "etcdserver: requested lease not found")
	_, err = p.on.client.Grant(p.ctx, 9_000_000_001)
	p.fails(err, "etcdserver: too large lease TTL")
}

func statusAndMembers(p *probe) {
	members, err := p.on.client.MemberList(p.ctx)
	p.must(err)
	p.equal("members", len(members.Members), 1)
	status, err := p.on.client.Status(p.ctx, p.on.client.Endpoints()[0])
	p.must(err)
	if status.Leader == 0 || status.Leader != status.Header.MemberId || status.DbSize == 0 || status.Version[:3] != "3.6" {
		p.Fatalf("status %v", status)
	}
	p.equal("one cluster", members.Header.ClusterId, status.Header.ClusterId)
	p.equal("no errors", len(status.Errors), 0)
}

func manyWrites(p *probe) {
	var all sync.WaitGroup
	for w := range 50 {
		all.Go(func() {
			for i := range 20 {
				if _, err := p.on.client.Put(p.ctx, p.key(fmt.Sprintf("%d/%d", w, i)), "v"); err != nil {
					p.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	got := p.get("", clientv3.WithPrefix())
	p.equal("every acked write is there", got.Count, 1000)
	revisions := map[int64]bool{}
	for _, kv := range got.Kvs {
		revisions[kv.ModRevision] = true
	}
	p.equal("each at a revision of its own", len(revisions), 1000)
}
