package clients_test

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/clients"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
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
		"configured":             {data: &clients.Clients{VSphere: client}, want: client},
		"not known before apply": {data: &clients.Clients{VSphereDeferred: true}},
		"no block": {
			data:        &clients.Clients{VSphereUnset: clients.VSphereEnvironment()},
			wantSummary: "The provider has no vsphere configuration",
		},
		"something else": {data: "clients", wantSummary: "Unexpected provider data"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, diags := clients.VSphereFrom(test.data)
			var summary string
			if len(diags) > 0 {
				summary = diags[0].Summary()
			}
			if got != test.want || summary != test.wantSummary || diags.HasError() != (test.wantSummary != "") {
				t.Errorf("got %v and %v", got, diags)
			}
		})
	}
}
