package export

import (
	"fmt"
	"math/rand/v2"
)

type object = map[string]any

// Scenarios are the flags of clustermesh-apiserver that change what is exported.
var scenarios = []struct {
	name  string
	flags []string
	steps int
}{
	{"defaults", []string{"--cluster-id=11"}, 160},
	{"mcs-api", []string{"--cluster-id=7", "--clustermesh-enable-mcs-api"}, 160},
	{"local-namespaces", []string{"--cluster-id=3", "--clustermesh-default-global-namespace=false", "--clustermesh-enable-mcs-api"}, 200},
	{"cilium-endpoint-slices", []string{"--cluster-id=255", "--enable-cilium-endpoint-slice"}, 120},
	{"prefer-endpointslice", []string{"--cluster-id=1", "--clustermesh-service-v2=prefer-endpointslice"}, 60},
	{"only-endpointslice", []string{"--cluster-id=2", "--clustermesh-service-v2=only-endpointslice", "--clustermesh-enable-mcs-api"}, 120},
	{"clusters-511", []string{"--cluster-id=300", "--max-connected-clusters=511"}, 60},
}

// A maker makes one object of a kind; the same number gives the same name.
type maker struct {
	kind  string
	names int
	make  func(r *rand.Rand, meta object, i int) object
}

var namespaces = []string{"shop", "payments", "world"}

var makers = []maker{
	{"Namespace", 3, namespace},
	{"CiliumNode", 3, node},
	{"CiliumIdentity", 5, identity},
	{"CiliumEndpoint", 8, endpoint},
	{"CiliumEndpointSlice", 3, endpointSlice},
	{"Service", 6, service},
	{"EndpointSlice", 9, slice},
	{"EndpointSlice", 9, slice},
	{"ServiceExport", 6, serviceExport},
}

// generate gives changes of objects, a pure function of the seed. Namespaces come first and never go.
func generate(seed uint64, count int) []step {
	r := rand.New(rand.NewPCG(seed, 20))
	there := map[string]bool{}
	var steps []step
	for i := range namespaces {
		steps = append(steps, change(r, makers[0], i, there))
	}
	for len(steps) < count {
		m := makers[r.IntN(len(makers))]
		i := r.IntN(m.names)
		id := fmt.Sprint(m.kind, i)
		if m.kind != "Namespace" && there[id] && r.IntN(4) == 0 {
			made := m.object(r, i)
			delete(there, id)
			steps = append(steps, step{Op: "delete", Object: made})
			continue
		}
		steps = append(steps, change(r, m, i, there))
	}
	return steps
}

func change(r *rand.Rand, m maker, i int, there map[string]bool) step {
	id := fmt.Sprint(m.kind, i)
	op := "add"
	if there[id] {
		op = "update"
	}
	there[id] = true
	return step{Op: op, Object: m.object(r, i)}
}

func (m maker) object(r *rand.Rand, i int) object {
	meta := object{"name": name("o", i), "namespace": namespaces[i%len(namespaces)], "uid": fmt.Sprintf("00000000-0000-0000-0000-%012d", i),
		"creationTimestamp": fmt.Sprintf("2026-01-02T03:04:%02dZ", i)}
	o := m.make(r, meta, i)
	o["kind"], o["metadata"] = m.kind, meta
	return o
}

func one[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// texts gives each key with one of its values, or not at all.
func texts(r *rand.Rand, of map[string][]string) object {
	got := object{}
	for _, key := range sorted(of) {
		if i := r.IntN(len(of[key]) + 1); i < len(of[key]) {
			got[key] = of[key][i]
		}
	}
	return got
}

func namespace(r *rand.Rand, meta object, i int) object {
	delete(meta, "namespace")
	meta["name"] = namespaces[i]
	meta["annotations"] = texts(r, map[string][]string{
		"clustermesh.cilium.io/global": {"true", "True", "false", "yes", ""},
		"example.test/note":            {"a", "b"},
	})
	return object{"apiVersion": "v1"}
}

func v4(r *rand.Rand) string { return fmt.Sprintf("10.244.%d.%d", r.IntN(2), r.IntN(6)) }

func v6(r *rand.Rand) string {
	return one(r, "fd00:10:244::1", "FD00:10:244:0::2", "fd00:0010:244:0:0:0:0:3", "fd00:10:244::4", "fd00:10:244:0:0:1:0:0")
}

func node(r *rand.Rand, meta object, _ int) object {
	delete(meta, "namespace")
	meta["labels"] = texts(r, map[string][]string{"topology.kubernetes.io/zone": {"a", "b"}, "empty": {""}})
	meta["annotations"] = texts(r, map[string][]string{
		"network.cilium.io/wg-pub-key": {"new=", ""},
		"io.cilium.network.wg-pub-key": {"old="},
		"example.test/note":            {"<&>"},
	})
	addresses := []any{}
	for range r.IntN(4) {
		addresses = append(addresses, object{
			"type": one(r, "InternalIP", "ExternalIP", "CiliumInternalIP"),
			"ip":   one(r, v4(r), v6(r), "::ffff:192.0.2.1", "172.18.0.3"),
		})
	}
	if r.IntN(3) == 0 {
		addresses = append(addresses, object{"type": one(r, "Hostname", "InternalDNS"), "ip": "node.example.test"})
	}
	ipam := object{}
	if r.IntN(4) > 0 {
		ipam["podCIDRs"] = one(r, []any{"10.244.1.0/24"}, []any{"10.244.1.7/24", "fd00:10:244::/64"}, []any{"fd00::/64", "10.1.0.0/16", "10.2.0.0/16", "fd01::/64"})
	}
	if r.IntN(3) == 0 {
		ipam["pools"] = object{"allocated": []any{
			object{"pool": "default", "cidrs": []any{"10.9.0.0/24", "fd09::/112"}},
			object{"pool": "other", "cidrs": []any{"10.10.0.0/28"}},
		}}
	}
	spec := object{"addresses": addresses, "ipam": ipam, "bootid": one(r, "", "5f9d1b3e-1111-4a6e-9a2a-0123456789ab")}
	if r.IntN(2) == 0 {
		spec["encryption"] = object{"key": one(r, 0, 3, 15, 255)}
	}
	if r.IntN(2) == 0 {
		spec["health"] = one(r, object{"ipv4": v4(r)}, object{"ipv4": v4(r), "ipv6": v6(r)}, object{"ipv6": v6(r)})
		spec["ingress"] = one(r, object{"ipv4": v4(r)}, object{"ipv4": v4(r), "ipv6": v6(r)}, object{"ipv6": v6(r)})
	}
	return object{"apiVersion": "cilium.io/v2", "spec": spec}
}

// identity's labels depend on its name alone: Cilium refuses to change them.
func identity(_ *rand.Rand, meta object, i int) object {
	delete(meta, "namespace")
	meta["name"] = fmt.Sprint(721200 + i)
	labels := []object{
		{"k8s:app": "web", "k8s:io.kubernetes.pod.namespace": "shop", "k8s:io.cilium.k8s.policy.cluster": "cluster1"},
		{"k8s:io.kubernetes.pod.namespace": "payments", "cidr:10.0.0.0/8": "", "cidr:10.0.0.0/16": "", "k8s:a.b": "x=y"},
		{"k8s:io.kubernetes.pod.namespace": "world", "reserved:host": "", "plain": "1", "any:k": "v", ":none": "n", "k8s:a:b": "c"},
		{"k8s:app": "no-namespace"},
		{"k8s:io.kubernetes.pod.namespace": "shop", "k8s:io.cilium.k8s.namespace.labels.team": "x", "container:id": "5", "k8s:Z": "1", "k8s:a": "2", "k8s:é": "ü"},
	}[i]
	return object{"apiVersion": "cilium.io/v2", "security-labels": labels}
}

func workload(r *rand.Rand) object {
	o := object{}
	if r.IntN(8) > 0 {
		addressing := []any{}
		for range r.IntN(3) {
			addressing = append(addressing, one(r, object{"ipv4": v4(r)}, object{"ipv4": v4(r), "ipv6": v6(r)}, object{"ipv6": v6(r)}))
		}
		o["networking"] = object{"addressing": addressing, "node": one(r, "172.18.0.3", "fc00::3")}
	}
	if r.IntN(2) == 0 {
		o["encryption"] = object{"key": one(r, 0, 3, 255)}
	}
	if r.IntN(2) == 0 {
		o["named-ports"] = []any{object{"name": "http", "port": 8080, "protocol": "TCP"}, object{"name": "dns", "port": 53, "protocol": "UDP"}}[:1+r.IntN(2)]
	}
	if r.IntN(2) == 0 {
		o["service-account"] = one(r, "default", "web")
	}
	return o
}

func endpoint(r *rand.Rand, _ object, _ int) object {
	status := workload(r)
	status["state"] = one(r, "ready", "regenerating")
	if r.IntN(4) > 0 {
		status["identity"] = object{"id": 721200 + r.IntN(5)}
	}
	return object{"apiVersion": "cilium.io/v2", "status": status}
}

func endpointSlice(r *rand.Rand, meta object, i int) object {
	delete(meta, "namespace")
	endpoints := []any{}
	for j := range r.IntN(4) {
		w := workload(r)
		w["name"] = name("pod", j)
		if r.IntN(4) > 0 {
			w["id"] = 721200 + r.IntN(5)
		}
		endpoints = append(endpoints, w)
	}
	return object{"apiVersion": "cilium.io/v2alpha1", "namespace": one(r, namespaces[i], "world"), "endpoints": endpoints}
}

func service(r *rand.Rand, meta object, _ int) object {
	meta["annotations"] = texts(r, map[string][]string{
		"service.cilium.io/global":   {"true", "True", "TRUE", "true", "false", "yes"},
		"io.cilium/global-service":   {"true", "true", "false"},
		"service.cilium.io/shared":   {"true", "false"},
		"io.cilium/shared-service":   {"true", "False", "no"},
		"service.cilium.io/affinity": {"local", "remote"},
	})
	meta["labels"] = texts(r, map[string][]string{"app": {"web"}, "team": {"a", "b"}, "service.kubernetes.io/headless": {""}})
	ports := []any{
		object{"name": "http", "port": 80, "protocol": "TCP", "appProtocol": "http"},
		object{"name": "dns", "port": one(r, 53, 5353), "protocol": "UDP"},
		object{"name": "sctp", "port": 9, "protocol": "SCTP"},
	}[:1+r.IntN(3)]
	spec := object{"type": one(r, "ClusterIP", "NodePort", "LoadBalancer"), "ports": ports, "sessionAffinity": "None",
		"internalTrafficPolicy": one(r, "Cluster", "Local"), "selector": texts(r, map[string][]string{"app": {"web"}})}
	switch r.IntN(6) {
	case 0:
		spec["type"], spec["clusterIP"], spec["clusterIPs"] = "ClusterIP", "None", []any{"None"}
		spec["ipFamilies"] = []any{"IPv4"}
	case 1:
		spec["type"], spec["externalName"] = "ExternalName", "db.example.test"
		delete(spec, "internalTrafficPolicy")
	case 2:
		spec["clusterIP"], spec["clusterIPs"] = "fd00:10:96::10", []any{"fd00:10:96::10"}
		spec["ipFamilies"] = []any{"IPv6"}
	case 3:
		spec["clusterIP"], spec["clusterIPs"] = "10.96.0.10", []any{"10.96.0.10", "fd00:10:96::10"}
		spec["ipFamilies"] = []any{"IPv4", "IPv6"}
	default:
		spec["clusterIP"], spec["clusterIPs"] = "10.96.0.11", []any{"10.96.0.11"}
		spec["ipFamilies"] = []any{"IPv4"}
	}
	if r.IntN(4) == 0 {
		spec["sessionAffinity"] = "ClientIP"
		spec["sessionAffinityConfig"] = object{"clientIP": object{"timeoutSeconds": 10800}}
	}
	if r.IntN(4) == 0 {
		spec["trafficDistribution"] = "PreferClose"
	}
	return object{"apiVersion": "v1", "spec": spec}
}

// slice gives each slice addresses of its own: of an address in two slices of a service Cilium takes any.
func slice(r *rand.Rand, meta object, i int) object {
	labels := texts(r, map[string][]string{"service.kubernetes.io/headless": {""}, "endpointslice.kubernetes.io/managed-by": {"endpointslice-controller.k8s.io"}})
	if i < 8 {
		labels["kubernetes.io/service-name"] = name("o", i%6)
		meta["namespace"] = namespaces[i%6%3]
	}
	meta["labels"] = labels
	meta["annotations"] = texts(r, map[string][]string{"endpoints.kubernetes.io/last-change-trigger-time": {"2026-01-02T03:04:05Z"}, "service.cilium.io/weight": {"0", "7"}})
	family := []string{"IPv4", "IPv4", "IPv6", "IPv4", "IPv6", "FQDN", "IPv4", "IPv6", "IPv4"}[i]
	endpoints := []any{}
	for range r.IntN(5) {
		endpoint := object{"addresses": []any{address(r, family, i)}}
		conditions := object{}
		for _, condition := range []string{"ready", "serving", "terminating"} {
			if state := r.IntN(3); state < 2 {
				conditions[condition] = state == 0
			}
		}
		endpoint["conditions"] = conditions
		if r.IntN(3) == 0 {
			endpoint["hostname"] = one(r, "db-0", "db-1", "")
		}
		if r.IntN(2) == 0 {
			endpoint["nodeName"] = "node-a"
		}
		if r.IntN(2) == 0 {
			endpoint["zone"] = one(r, "zone-1", "")
			endpoint["hints"] = one(r, object{}, object{"forZones": []any{object{"name": "zone-1"}, object{"name": "zone-2"}}})
		}
		endpoints = append(endpoints, endpoint)
	}
	ports := []any{}
	for _, port := range []object{{"name": "http", "port": 8080, "protocol": "TCP"}, {"name": "dns", "port": 53, "protocol": "UDP"}, {"name": "", "port": 1, "protocol": "SCTP", "appProtocol": "x"}, {"name": "any", "protocol": "TCP"}} {
		if r.IntN(2) == 0 {
			ports = append(ports, port)
		}
	}
	return object{"apiVersion": "discovery.k8s.io/v1", "addressType": family, "endpoints": endpoints, "ports": ports}
}

func address(r *rand.Rand, family string, i int) string {
	switch family {
	case "IPv4":
		return fmt.Sprintf("10.245.%d.%d", i, r.IntN(4))
	case "IPv6":
		return fmt.Sprintf(one(r, "fd00:10:245:%d::%d", "FD00:10:245:%d:0:0:0:%d"), i, 1+r.IntN(3))
	default:
		return "db.example.test"
	}
}

func serviceExport(r *rand.Rand, _ object, _ int) object {
	return object{"apiVersion": "multicluster.x-k8s.io/v1beta1", "spec": object{
		"exportedLabels":      texts(r, map[string][]string{"team": {"a", "b"}}),
		"exportedAnnotations": texts(r, map[string][]string{"example.test/owner": {"a", "<&>"}}),
	}}
}

var serviceExportDefinition = object{
	"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
	"metadata": object{"name": "serviceexports.multicluster.x-k8s.io"},
	"spec":     object{"versions": []any{object{"name": "v1beta1"}}},
}
