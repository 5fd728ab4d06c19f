package vsphere

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
)

// FuzzConfig gives a client addresses, thumbprints and certificates that people mistype: each is either refused with the
// field's name or leaves a client that can be closed.
func FuzzConfig(f *testing.F) {
	f.Add("vcenter.example.com", "", "")
	f.Add("https://[::1]:8443/sdk", strings.Repeat("AB:", 31)+"AB", "")
	f.Add("https://u:p@h/", "zz", "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----")
	f.Add("%zz://\x00", ":", "/no/such/file")
	f.Add("\xff:99999", strings.Repeat("0", 40), "PEM")
	f.Fuzz(func(t *testing.T, endpoint, thumbprint, certificate string) {
		client, err := New(Config{
			Endpoint: endpoint, Username: "u", Password: "p", Thumbprint: thumbprint, CACertificate: certificate,
		})
		if err != nil {
			if refused, ok := errors.AsType[*ConfigError](err); !ok || refused.Field == "" || refused.Reason == "" {
				t.Errorf("%q, %q, %q: %v names no field", endpoint, thumbprint, certificate, err)
			}

			return
		}
		if err := client.Close(t.Context()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
}

// FuzzSnapshotPath writes two names as a path: whatever is in them, the path leads to the one snapshot.
func FuzzSnapshotPath(f *testing.F) {
	f.Add("before", "after")
	f.Add("a/b", `c\d`)
	f.Add(`\`, "/")
	f.Fuzz(func(t *testing.T, parent, child string) {
		path := snapshotSegment(parent) + "/" + snapshotSegment(child)
		all := []Snapshot{
			{ID: "snapshot-1", Name: parent, Path: snapshotSegment(parent)}, {ID: "snapshot-2", Name: child, Path: path},
		}
		if found := snapshotsAt(all, path); len(found) != 1 || found[0].ID != "snapshot-2" {
			t.Errorf("%q leads to %+v", path, found)
		}
	})
}

// FuzzAnswer has the server answer garbage, by SOAP and by REST: every call ends with an error of this package or a result,
// soon, and a change whose answer makes no sense counts as lost.
func FuzzAnswer(f *testing.F) {
	f.Add(true, []byte(""))
	f.Add(true, []byte("<html>"))
	f.Add(false, []byte(`{"error_type":"NOT_FOUND"}`))
	f.Add(true, []byte(loggedIn))
	f.Add(true, []byte(`"task-1"`))
	f.Add(false, []byte(strings.Replace(loggedIn, "LoginResponse", "Fault", 2)))
	f.Fuzz(func(t *testing.T, success bool, body []byte) {
		status := http.StatusOK
		if !success {
			status = http.StatusInternalServerError
		}
		client := newWire(t, text(status, string(body)))
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		_, read := client.VirtualMachine(ctx, "vm-1")
		_, create := client.StartClone(ctx, CloneSpec{SourceID: "vm-1", Name: "x"})
		for what, err := range map[string]error{"a read": read, "a clone": create} {
			failure, ours := errors.AsType[*apierr.Error](err)
			switch {
			case err == nil:
			case !ours || failure.Kind == apierr.TimedOut && failure.Code == apierr.CodeInterrupted:
				t.Errorf("%s of %q: %v", what, body, err)
			case failure.Code == apierr.CodeMalformedAnswer && what == "a clone" && !failure.AnswerLost:
				t.Errorf("%q: whether there is a clone is not known, and %v says so not", body, err)
			}
		}
	})
}
