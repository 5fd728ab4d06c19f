package connections_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/provider/connections"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

func TestVSphereFrom(t *testing.T) {
	t.Parallel()

	client := &vsphere.Client{}
	tests := map[string]struct {
		data        any
		want        *vsphere.Client
		wantSummary string // of the error, empty for none
	}{
		"not configured yet":     {data: nil},
		"configured":             {data: &connections.Connections{VSphere: client}, want: client},
		"not known before apply": {data: &connections.Connections{VSphereDeferred: true}},
		"no block": {
			data:        &connections.Connections{VSphereUnset: connections.VSphereEnvironment()},
			wantSummary: "The provider has no vsphere configuration",
		},
		"only the other platform": {
			data:        &connections.Connections{ZStack: &zstack.Client{}, VSphereUnset: connections.VSphereEnvironment()},
			wantSummary: "The provider has no vsphere configuration",
		},
		"something else": {data: "clients", wantSummary: "Unexpected provider data"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, diags := connections.VSphereFrom(test.data)
			if got != test.want {
				t.Errorf("got %v", got)
			}
			checkSummary(t, diags, test.wantSummary)
		})
	}
}

func TestZStackFrom(t *testing.T) {
	t.Parallel()

	client := &zstack.Client{}
	tests := map[string]struct {
		data        any
		want        *zstack.Client
		wantSummary string // of the error, empty for none
	}{
		"not configured yet":     {data: nil},
		"configured":             {data: &connections.Connections{ZStack: client}, want: client},
		"not known before apply": {data: &connections.Connections{ZStackDeferred: true}},
		"no block": {
			data:        &connections.Connections{ZStackUnset: connections.ZStackEnvironment()},
			wantSummary: "The provider has no zstack configuration",
		},
		"only the other platform": {
			data:        &connections.Connections{VSphere: &vsphere.Client{}, ZStackUnset: connections.ZStackKeyEnvironment()},
			wantSummary: "The provider has no zstack configuration",
		},
		"something else": {data: "clients", wantSummary: "Unexpected provider data"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, diags := connections.ZStackFrom(test.data)
			if got != test.want {
				t.Errorf("got %v", got)
			}
			checkSummary(t, diags, test.wantSummary)
		})
	}
}

// checkSummary holds the one error, or none, to what is wanted.
func checkSummary(t *testing.T, diags diag.Diagnostics, want string) {
	t.Helper()

	var summary string
	if len(diags) > 0 {
		summary = diags[0].Summary()
	}
	if summary != want || diags.HasError() != (want != "") || len(diags) > 1 {
		t.Errorf("got %v, want %q", diags, want)
	}
}
