// A Kubernetes control plane as small as tests need one: kube-apiserver and etcd, both linked from their Go modules, in
// one process over one folder. It may be killed at any time; started again over the folder, it goes on at the same port.
//
//	kube DIR [CRD.yaml ...]
//
// DIR/kubeconfig is there once it is ready and the definitions are taken in. See README.md.
package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
	"sigs.k8s.io/yaml"
)

const (
	token     = "for-tests-on-this-machine-only"
	readiness = 2 * time.Minute
)

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("usage: kube DIR [CRD.yaml ...]"))
	}
	dir, definitions := os.Args[1], os.Args[2:]
	must(os.MkdirAll(dir, 0o700))
	file := func(name string) string { return filepath.Join(dir, name) }
	must(os.RemoveAll(file("kubeconfig")))
	endWith(os.Getppid())
	store := startEtcd(file("etcd"))
	port := portOf(file("port"))
	once(file("tokens"), func() []byte { return []byte(token + ",test,test,system:masters\n") })
	once(file("key"), newKey)
	go func() { must(introduce(dir, "https://127.0.0.1:"+port, definitions)) }()

	command := app.NewAPIServerCommand()
	command.SetArgs([]string{
		"--etcd-servers=" + store, "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--secure-port=" + port,
		"--cert-dir=" + file("certs"), "--token-auth-file=" + file("tokens"), "--authorization-mode=RBAC",
		"--service-account-issuer=https://kube.test", "--service-account-key-file=" + file("key"),
		"--service-account-signing-key-file=" + file("key"), "--service-cluster-ip-range=10.96.0.0/16,fd00:10:96::/112",
		"--disable-admission-plugins=ServiceAccount", "--endpoint-reconciler-type=none", "--watch-cache=true",
	})
	os.Exit(cli.Run(command))
}

// EndWith ends the process with the one that started it: a test that is killed leaves nothing behind.
func endWith(parent int) {
	go func() {
		for os.Getppid() == parent {
			time.Sleep(500 * time.Millisecond)
		}
		os.Exit(1)
	}()
}

func startEtcd(dir string) string {
	config := embed.NewConfig()
	config.Dir, config.LogLevel, config.UnsafeNoFsync = dir, "error", true
	client := &url.URL{Scheme: "http", Host: "127.0.0.1:0"}
	config.ListenClientUrls, config.ListenPeerUrls = []url.URL{*client}, []url.URL{*client}
	etcd, err := embed.StartEtcd(config)
	must(err)
	<-etcd.Server.ReadyNotify()
	return "http://" + etcd.Clients[0].Addr().String()
}

// PortOf is the port that was taken at the first start.
func portOf(file string) string {
	return string(once(file, func() []byte {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		must(err)
		defer listener.Close()
		_, port, err := net.SplitHostPort(listener.Addr().String())
		must(err)
		return []byte(port)
	}))
}

func newKey() []byte {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(err)
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
}

// Once gives what the file holds, made at the first start.
func once(file string, make func() []byte) []byte {
	held, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		held = make()
		err = os.WriteFile(file, held, 0o600)
	}
	must(err)
	return held
}

// Introduce waits for the API server, takes in the definitions and says where it is.
func introduce(dir, server string, definitions []string) error {
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // its certificate is its own; the address is this machine's
	}}
	call := func(method, path string, body []byte) (int, string) {
		request, err := http.NewRequest(method, server+path, bytes.NewReader(body))
		must(err)
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Content-Type", "application/yaml")
		response, err := client.Do(request)
		if err != nil {
			return 0, err.Error()
		}
		defer response.Body.Close()
		text, _ := io.ReadAll(response.Body)
		return response.StatusCode, string(text)
	}
	until := time.Now().Add(readiness)
	wait := func(path string) error {
		for {
			code, text := call(http.MethodGet, path, nil)
			if code == http.StatusOK {
				return nil
			}
			if time.Now().After(until) {
				return fmt.Errorf("%s: not ready within %s: %d %s", path, readiness, code, text)
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	if err := wait("/readyz"); err != nil {
		return err
	}
	const create = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
	var paths []string
	for _, definition := range definitions {
		text, err := os.ReadFile(definition)
		if err != nil {
			return err
		}
		path, err := served(text)
		if err != nil {
			return fmt.Errorf("%s: %w", definition, err)
		}
		paths = append(paths, path)
		if code, answer := call(http.MethodPost, create, text); code != http.StatusCreated && code != http.StatusConflict {
			return fmt.Errorf("%s: %d %s", definition, code, answer)
		}
	}
	for _, path := range paths {
		if err := wait(path); err != nil {
			return err
		}
	}
	certificate := filepath.Join(dir, "certs", "apiserver.crt")
	text := fmt.Sprintf(kubeconfig, server, certificate, token)
	if err := os.WriteFile(filepath.Join(dir, "kubeconfig.new"), []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(filepath.Join(dir, "kubeconfig.new"), filepath.Join(dir, "kubeconfig"))
}

// Served is the path at which the objects of a definition are listed.
func served(text []byte) (string, error) {
	var definition apiextensions.CustomResourceDefinition
	if err := yaml.Unmarshal(text, &definition); err != nil {
		return "", err
	}
	spec := definition.Spec
	return "/apis/" + spec.Group + "/" + spec.Versions[len(spec.Versions)-1].Name + "/" + spec.Names.Plural, nil
}

const kubeconfig = `apiVersion: v1
kind: Config
current-context: test
contexts: [{name: test, context: {cluster: test, user: test}}]
clusters: [{name: test, cluster: {server: %q, certificate-authority: %q}}]
users: [{name: test, user: {token: %q}}]
`

func must(err error) {
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "kube:", err)
	os.Exit(1)
}
