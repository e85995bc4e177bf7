package conformance

import (
	"bufio"
	"fmt"
	"os/exec"
	"strings"
)

var etcdctlChecks = []check{{"etcdctl", etcdctl}}

// ctl runs etcdctl, as a user does, and answers what it prints.
func (p *probe) ctl(input string, arguments ...string) string {
	p.Helper()
	command := p.command(arguments...)
	command.Stdin = strings.NewReader(input)
	out, err := command.CombinedOutput()
	if err != nil {
		p.Fatalf("etcdctl %v: %v: %s", arguments, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (p *probe) command(arguments ...string) *exec.Cmd {
	// built by go, but run by itself: what go runs would outlive it
	path, err := exec.CommandContext(p.ctx, "go", "tool", "-n", "etcdctl").Output()
	p.must(err)
	all := append([]string{"--endpoints", p.on.client.Endpoints()[0]}, arguments...)
	return exec.CommandContext(p.ctx, strings.TrimSpace(string(path)), all...)
}

func etcdctl(p *probe) {
	a, b := p.key("a"), p.key("b")
	p.equal("put", p.ctl("", "put", a, "1"), "OK")
	p.equal("get", p.ctl("", "get", a), a+"\n1")
	p.equal("previous", p.ctl("", "put", a, "2", "--prev-kv"), "OK\n"+a+"\n1")
	txn := fmt.Sprintf("value(%q) = \"2\"\n\nput %s 3\n\nget %s\n\n", a, b, a)
	p.equal("txn", p.ctl(txn, "txn"), "SUCCESS\n\nOK")
	p.equal("keys", p.ctl("", "get", "--prefix", p.prefix, "--keys-only", "--order", "DESCEND"), b+"\n\n"+a)
	p.equal("count", p.ctl("", "get", "--prefix", p.prefix, "--count-only", "-w", "fields")[:8], "\"Cluster")
	granted := strings.Fields(p.ctl("", "lease", "grant", "60"))
	lease := granted[1]
	p.equal("with a lease", p.ctl("", "put", p.key("c"), "1", "--lease", lease), "OK")
	if ttl := p.ctl("", "lease", "timetolive", "--keys", lease); !strings.Contains(ttl, "attached keys(["+p.key("c")+"])") {
		p.Fatalf("the key hangs on its lease: %s", ttl)
	}
	p.equal("revoked", p.ctl("", "lease", "revoke", lease), "lease "+lease+" revoked")
	p.equal("gone", p.ctl("", "get", p.key("c")), "")

	watch := p.command("watch", "--prefix", p.prefix, "--rev", fmt.Sprint(p.get("a").Kvs[0].CreateRevision))
	out, err := watch.StdoutPipe()
	p.must(err)
	p.must(watch.Start())
	lines := bufio.NewScanner(out)
	seen := []string{}
	for len(seen) < 9 && lines.Scan() {
		seen = append(seen, lines.Text())
	}
	p.equal("watched", strings.Join(seen, " "), strings.Join([]string{"PUT", a, "1", "PUT", a, "2", "PUT", b, "3"}, " "))
	p.must(watch.Process.Kill())
	_ = watch.Wait()

	p.equal("deleted", p.ctl("", "del", "--prefix", p.prefix), "2")
	p.equal("one member", len(strings.Split(p.ctl("", "member", "list"), "\n")), 1)
	if status := p.ctl("", "endpoint", "status"); !strings.Contains(status, "3.6.") {
		p.Fatalf("endpoint status: %s", status)
	}
}
