package main

import (
	"context"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTranscriptShowsWhatMatters(t *testing.T) {
	t.Parallel()
	const output = `
  # vmfork_vsphere_clone.web["web-1"] will be created
  + resource "vmfork_vsphere_clone" "web" {
      + id = (known after apply)
      ~ name = "renamed" -> "web-2"
      ~ host_id = "host-1" -> (known after apply)
      - label = "Hard disk 1" -> null
Plan: 3 to add, 0 to change, 0 to destroy.
│ Error: something
│   with its explanation
no end of line`
	const want = `   |   # vmfork_vsphere_clone.web["web-1"] will be created
   |       ~ name = "renamed" -> "web-2"
   | Plan: 3 to add, 0 to change, 0 to destroy.
   | │ Error: something
   | │   with its explanation
`
	for size := range 7 {
		var out strings.Builder
		shown := &transcript{say: &narrator{out: &out}}
		for rest := []byte(output); len(rest) > 0; {
			written, err := shown.Write(rest[:min(size+1, len(rest))])
			if err != nil {
				t.Fatal(err)
			}
			rest = rest[written:]
		}
		if out.String() != want {
			t.Errorf("in pieces of %d bytes: got\n%s\nwant\n%s", size+1, out.String(), want)
		}
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	got := progress([]work{{Percent: 0}, {Percent: 60}, {Percent: 100}})
	if want := "cloning [..........]   0 %  [######....]  60 %  [##########] 100 %"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestChecklist(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	checks := &checklist{say: &narrator{out: &out}}
	checks.that(true, "the sky is %s", "blue")
	if checks.failed() {
		t.Error("failed without a failure")
	}
	checks.fail("the %s fell", "moon")
	if !checks.failed() {
		t.Error("not failed with a failure")
	}
	checks.summary(3 * time.Second)
	const want = `   [ok]     the sky is blue
   [FAILED] the moon fell

Summary: what was checked
   [ok]     the sky is blue
   [FAILED] the moon fell

2 checks, 1 NOT as said, in 3s.
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestUntil(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		if err := until(t.Context(), "third time", func() (bool, error) { tries++; return tries == 3, nil }); err != nil {
			t.Error(err)
		}
		err := until(t.Context(), "never", func() (bool, error) { return false, nil })
		if err == nil || err.Error() != "waiting: never: not so after 2m0s" {
			t.Errorf("got %v", err)
		}
		broken := errors.New("broken")
		if err := until(t.Context(), "broken", func() (bool, error) { return false, broken }); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := until(ctx, "cancelled", func() (bool, error) { return false, nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

func TestControlEndpoint(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + " " + r.URL.Path {
		case "GET /_control/vms":
			fmt.Fprint(w, `[{"id":"vm-2","name":"b"},{"id":"vm-1","name":"a","power_state":"poweredOn"}]`)
		case "GET /_control/tasks":
			fmt.Fprintf(w, `[{"id":"t1","method":%q,"percent":60,"held":true},{"id":"t2","method":"Rename_Task"}]`, cloneMethod)
		default:
			http.Error(w, "no such thing", http.StatusNotFound)
		}
	}))
	defer server.Close()
	connect := func(certificate []byte) *vcenter {
		thumbprint := strings.ReplaceAll(fmt.Sprintf("% X", sha256.Sum256(certificate)), " ", ":")

		return &vcenter{
			control{
				access: access{Endpoint: server.Listener.Addr().String(), Thumbprint: thumbprint},
				http:   &http.Client{Transport: &http.Transport{TLSClientConfig: pinned(thumbprint), DisableKeepAlives: true}},
			},
		}
	}

	v := connect(server.Certificate().Raw)
	machines, err := v.machines(t.Context())
	if err != nil || len(machines) != 2 || machines[0] != (machine{ID: "vm-1", Name: "a", PowerState: "poweredOn"}) {
		t.Errorf("machines: %+v, %v", machines, err)
	}
	clonings, err := v.clonings(t.Context())
	if err != nil || len(clonings) != 1 || !clonings[0].Held || clonings[0].Percent != 60 {
		t.Errorf("clonings: %+v, %v", clonings, err)
	}
	if err := v.change(t.Context(), "vm-9", nil); err == nil || !strings.Contains(err.Error(), "no such thing") {
		t.Errorf("a refusal: %v", err)
	}
	if _, err := connect([]byte("another")).machines(t.Context()); err == nil {
		t.Error("another server's certificate was trusted")
	}
}

func TestManagementNode(t *testing.T) {
	t.Parallel()
	var asked []string
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		switch r.Method + " " + r.URL.Path {
		case "GET /_control/vms":
			fmt.Fprint(w, `[{"uuid":"2","name":"web","state":"Destroyed"},{"uuid":"9","name":"golden"},{"uuid":"1","name":"web","state":"Running"}]`)
		case "GET /_control/requests":
			fmt.Fprint(w, `{"total":5,"by_method":{"CloneVmInstance":1}}`)
		case "DELETE /_control/vms/1":
			w.WriteHeader(http.StatusNoContent)
		default:
			http.Error(w, "no such thing", http.StatusNotFound)
		}
	}))
	defer server.Close()
	certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	connect := func(authority string) *managementNode {
		to := access{Endpoint: server.Listener.Addr().String(), AccountName: "admin", Password: "secret", CACertificate: authority}

		return &managementNode{newControl(to, trusting(authority))}
	}

	node := connect(certificate)
	d := &demo{zstack: node, zstackBefore: []zstackVM{{UUID: "9", Name: "golden"}}}
	made, err := d.made(t.Context())
	want := []zstackVM{{UUID: "2", Name: "web", State: inRecycleBin}, {UUID: "1", Name: "web", State: "Running"}}
	if err != nil || !slices.Equal(made, want) {
		t.Errorf("made: %+v, %v", made, err)
	}
	total, counts, err := node.requests(t.Context())
	if err != nil || total != 5 || counts["CloneVmInstance"] != 1 {
		t.Errorf("requests: %d, %v, %v", total, counts, err)
	}
	if err := node.destroy(t.Context(), "1"); err != nil {
		t.Errorf("destroy: %v; asked %v", err, asked)
	}
	host, port, _ := strings.Cut(node.access.Endpoint, ":")
	environment := []string{"ZSTACK_HOST=" + host, "ZSTACK_PORT=" + port, "ZSTACK_ACCOUNT_NAME=admin", "ZSTACK_ACCOUNT_PASSWORD=secret"}
	if got := node.environment(); !slices.Equal(got, environment) {
		t.Errorf("environment: %v", got)
	}
	if _, err := connect("").machines(t.Context()); err == nil {
		t.Error("an unknown certificate was trusted")
	}
}
