package conformance

import (
	"fmt"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/status"
)

var txnChecks = []check{
	{"compares-of-every-kind", everyCompare},
	{"compares-on-a-range", rangeCompares},
	{"ciliums-transactions", ciliumsTransactions},
	{"what-a-transaction-reads", txnReads},
	{"transactions-that-change-nothing", txnNothing},
	{"read-transactions-have-bounds-too", readTxnErrors},
	{"transactions-in-transactions", nested},
	{"a-refused-transaction-writes-nothing", refusedWhole},
}

func everyCompare(p *probe) {
	lease, err := p.on.client.Grant(p.ctx, 60)
	p.must(err)
	defer p.on.client.Revoke(p.ctx, lease.ID)
	p.put("k", "x")
	p.put("k", "m", clientv3.WithLease(lease.ID))
	there := p.get("k").Kvs[0]
	for _, name := range []string{"k", "none"} {
		has := func(number int64) int64 {
			if name == "none" {
				return 0
			}
			return number
		}
		for what, target := range map[string]struct {
			actual int64
			cmp    func(string, int64) clientv3.Cmp
		}{
			"version": {has(there.Version), func(r string, v int64) clientv3.Cmp {
				return clientv3.Compare(clientv3.Version(p.key(name)), r, v)
			}},
			"create": {has(there.CreateRevision), func(r string, v int64) clientv3.Cmp {
				return clientv3.Compare(clientv3.CreateRevision(p.key(name)), r, v)
			}},
			"mod": {has(there.ModRevision), func(r string, v int64) clientv3.Cmp {
				return clientv3.Compare(clientv3.ModRevision(p.key(name)), r, v)
			}},
			"lease": {has(there.Lease), func(r string, v int64) clientv3.Cmp {
				return clientv3.Compare(clientv3.LeaseValue(p.key(name)), r, v)
			}},
		} {
			for _, given := range []int64{target.actual, target.actual + 1} {
				for result, holds := range map[string]bool{
					"=": target.actual == given, "!=": target.actual != given,
					"<": target.actual < given, ">": target.actual > given,
				} {
					p.decides(fmt.Sprint(name, ": ", what, result, given), target.cmp(result, given), holds)
				}
			}
		}
	}
	for _, given := range []string{"l", "m", "n"} {
		for result, holds := range map[string]bool{"=": given == "m", "!=": given != "m", "<": "m" < given, ">": "m" > given} {
			compare := clientv3.Compare(clientv3.Value(p.key("k")), result, given)
			what := "value" + result + given
			if result == "=" || result == "!=" {
				p.decides(what, compare, holds)
				continue
			}
			p.decidesReading(what, compare, holds)
			_, err := p.on.client.Txn(p.ctx).If(compare).Then(clientv3.OpPut(p.key("w"), what)).Commit()
			p.unlike(err)
		}
	}
}

// decides checks what a compare decides, in a transaction that reads and in one that writes.
func (p *probe) decides(what string, compare clientv3.Cmp, holds bool) {
	p.Helper()
	p.decidesReading(what, compare, holds)
	answer, err := p.on.client.Txn(p.ctx).If(compare).
		Then(clientv3.OpPut(p.key("w"), what)).Commit()
	p.must(err)
	p.equal(what, answer.Succeeded, holds)
}

func (p *probe) decidesReading(what string, compare clientv3.Cmp, holds bool) {
	p.Helper()
	answer, err := p.on.client.Txn(p.ctx).If(compare).Then(clientv3.OpGet(p.key("w"))).Commit()
	p.must(err)
	p.equal(what+", reading", answer.Succeeded, holds)
}

func rangeCompares(p *probe) {
	for _, name := range []string{"r/a", "r/b", "r/c"} {
		p.put(name, "same")
	}
	same := clientv3.Compare(clientv3.Value(p.key("r/")), "=", "same").WithPrefix()
	first := clientv3.Compare(clientv3.Version(p.key("r/")), "=", 1).WithPrefix()
	otherwise, err := p.on.client.Txn(p.ctx).If(clientv3.Compare(clientv3.Version(p.key("r/a")), "=", 9)).
		Then(clientv3.OpPut(p.key("w"), "then")).Else(clientv3.OpPut(p.key("w"), "else")).Commit()
	p.must(err)
	p.equal("else is done", []any{otherwise.Succeeded, string(p.get("w").Kvs[0].Value)}, []any{false, "else"})
	p.decidesReading("all are the same", same, true)
	written, err := p.on.client.Txn(p.ctx).If(same).Then(clientv3.OpPut(p.key("w"), "same")).Commit()
	if !p.unlike(err) {
		p.equal("all are the same", written.Succeeded, true)
	}
	p.decides("all are of version 1", first, true)
	p.put("r/b", "other")
	p.decidesReading("one is other", same, false)
	p.decides("one is of version 2", first, false)
	p.decides("none is there", clientv3.Compare(clientv3.Version(p.key("none/")), "=", 0).WithPrefix(), true)
	p.decidesReading("none has a value", clientv3.Compare(clientv3.Value(p.key("none/")), "=", "").WithPrefix(), false)
}

// ciliumsTransactions are the ones that Cilium's kvstore client makes.
func ciliumsTransactions(p *probe) {
	lease, err := p.on.client.Grant(p.ctx, 60)
	p.must(err)
	createOnly := func(name string) bool {
		answer, err := p.on.client.Txn(p.ctx).If(clientv3.Compare(clientv3.Version(p.key(name)), "=", 0)).
			Then(clientv3.OpPut(p.key(name), "v", clientv3.WithLease(lease.ID))).Commit()
		p.must(err)
		return answer.Succeeded
	}
	p.equal("created", createOnly("k"), true)
	p.equal("created again", createOnly("k"), false)
	mine := p.put("lock", "", clientv3.WithLease(lease.ID))
	ifLocked := func(revision int64, op clientv3.Op) *clientv3.TxnResponse {
		answer, err := p.on.client.Txn(p.ctx).
			If(clientv3.Compare(clientv3.CreateRevision(p.key("lock")), "=", revision)).Then(op).Commit()
		p.must(err)
		return answer
	}
	p.equal("held", ifLocked(mine, clientv3.OpPut(p.key("k"), "locked")).Succeeded, true)
	p.equal("not held", ifLocked(mine+1, clientv3.OpPut(p.key("k"), "stolen")).Succeeded, false)
	read := ifLocked(mine, clientv3.OpGet(p.key("k"), clientv3.WithPrefix()))
	p.equal("read", string(read.Responses[0].GetResponseRange().Kvs[0].Value), "locked")
	p.equal("deleted", ifLocked(mine, clientv3.OpDelete(p.key("k"))).Responses[0].GetResponseDeleteRange().Deleted, 1)
	p.equal("the lock's", p.get("lock").Kvs[0].CreateRevision, mine)
	_, err = p.on.client.Revoke(p.ctx, lease.ID)
	p.must(err)
	p.equal("left", p.get("", clientv3.WithPrefix()).Count, 0)
}

func txnReads(p *probe) {
	before := p.put("a", "1")
	answer, err := p.on.client.Txn(p.ctx).Then(
		clientv3.OpGet(p.key("a")),
		clientv3.OpPut(p.key("a"), "2", clientv3.WithPrevKV()),
		clientv3.OpDelete(p.key("x"), clientv3.WithPrefix()),
		clientv3.OpGet(p.key("a"), clientv3.WithKeysOnly()),
		clientv3.OpGet(p.prefix, clientv3.WithPrefix(), clientv3.WithCountOnly())).Commit()
	p.must(err)
	first := answer.Responses[0].GetResponseRange().Kvs[0]
	p.equal("before", []any{string(first.Value), first.ModRevision}, []any{"1", before})
	p.equal("previous", string(answer.Responses[1].GetResponsePut().PrevKv.Value), "1")
	p.equal("deleted", answer.Responses[2].GetResponseDeleteRange().Deleted, 0)
	p.equal("after", answer.Responses[3].GetResponseRange().Kvs[0].ModRevision, answer.Header.Revision)
	p.equal("count", answer.Responses[4].GetResponseRange().Count, 1)
	between, err := p.on.client.Txn(p.ctx).
		Then(clientv3.OpPut(p.key("b"), "1"), clientv3.OpGet(p.key("b")), clientv3.OpPut(p.key("c"), "1")).Commit()
	if !p.unlike(err) {
		p.equal("between", between.Responses[1].GetResponseRange().Count, 1)
	}
}

func txnNothing(p *probe) {
	now := p.put("a", "1")
	for what, txn := range map[string]clientv3.Txn{
		"empty":              p.on.client.Txn(p.ctx),
		"nothing to do":      p.on.client.Txn(p.ctx).If(clientv3.Compare(clientv3.Version(p.key("a")), "=", 1)),
		"no else":            p.on.client.Txn(p.ctx).If(clientv3.Compare(clientv3.Version(p.key("a")), "=", 9)).Then(clientv3.OpPut(p.key("a"), "2")),
		"nothing to delete":  p.on.client.Txn(p.ctx).Then(clientv3.OpDelete(p.key("none"))),
		"reads nothing else": p.on.client.Txn(p.ctx).Then(clientv3.OpGet(p.key("a"))),
	} {
		answer, err := txn.Commit()
		p.must(err)
		p.equal(what+": succeeded", answer.Succeeded, what != "no else")
		kv := p.get("a").Kvs[0]
		p.equal(what+": as it was", []any{string(kv.Value), kv.ModRevision}, []any{"1", now})
	}
}

func readTxnErrors(p *probe) {
	many := []clientv3.Op{}
	for i := range 129 {
		many = append(many, clientv3.OpGet(p.key(fmt.Sprint(i))))
	}
	_, err := p.on.client.Txn(p.ctx).Then(many...).Commit()
	p.fails(err, "etcdserver: too many operations in txn request")
	_, err = p.kv().Txn(p.ctx, &pb.TxnRequest{Compare: []*pb.Compare{{Target: pb.Compare_VERSION}}})
	p.equal("a compare without a key", status.Convert(err).Message(), "etcdserver: key is not provided")
	_, err = p.on.client.Txn(p.ctx).Then(clientv3.OpGet("")).Commit()
	p.fails(err, "etcdserver: key is not provided")
	now := p.put("a", "1")
	p.put("a", "2")
	past, err := p.on.client.Txn(p.ctx).Then(clientv3.OpGet(p.key("a"), clientv3.WithRev(now))).Commit()
	if !p.unlike(err) {
		p.equal("past", string(past.Responses[0].GetResponseRange().Kvs[0].Value), "1")
	}
}

func nested(p *probe) {
	inner := clientv3.OpTxn(nil, []clientv3.Op{clientv3.OpPut(p.key("a"), "1")}, nil)
	_, err := p.on.client.Txn(p.ctx).Then(inner).Commit()
	if p.unlike(err) {
		p.equal("nothing was written", p.get("a").Count, 0)
	}
}

// refusedWhole: a part that cannot be done must not leave the others done.
func refusedWhole(p *probe) {
	now := p.put("a", "1")
	for what, bad := range map[string]clientv3.Op{
		"of the future":     clientv3.OpGet(p.key("a"), clientv3.WithRev(now+1_000)),
		"a read of no key":  clientv3.OpGet(""),
		"a lease not there": clientv3.OpPut(p.key("b"), "1", clientv3.WithLease(4711)),
		"a delete of none":  clientv3.OpDelete(""),
	} {
		_, err := p.on.client.Txn(p.ctx).Then(clientv3.OpPut(p.key("a"), what), bad).Commit()
		if err == nil {
			p.Fatalf("%s: not refused", what)
		}
		kv := p.get("a").Kvs[0]
		p.equal(what, []any{string(kv.Value), kv.ModRevision}, []any{"1", now})
	}
	p.equal("nothing", p.get("b").Count, 0)
}
