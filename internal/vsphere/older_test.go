package vsphere_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// TestVersion_negotiated speaks the version of a vCenter that knows no newer one, and asks for it only where the first question is refused.
func TestVersion_negotiated(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		version string
		strict  bool
		asked   int
	}{
		{"6.7", true, 1}, {"7.0.1.0", true, 1}, {"7.0.2.0", true, 1}, {"8.0.3.0", true, 1}, {"6.7", false, 0}, {"8.0.3.0", false, 0}, {"99.0", true, 0},
	} {
		server := startSimulator(t, vcenter.Options{VMs: 1, APIVersion: test.version, RefuseNewerVersions: test.strict})
		client := connect(t, configFor(server))
		if _, err := client.VirtualMachine(t.Context(), mustVM(t, server, "DC0_C0_RP0_VM0").ID); err != nil {
			t.Errorf("%s: %v", test.version, err)
		}
		if made := server.Requests().ByMethod["GET /sdk/vimServiceVersions.xml"]; made != test.asked {
			t.Errorf("%s: asked for versions %d times", test.version, made)
		}
	}
}

// TestOlderREST has what there is of REST before 7.0 U2: sessions, the list of VMs, tags. What there is not is an error that names the version.
func TestOlderREST(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"6.7", "7.0.1.0"} {
		server := startSimulator(t, vcenter.Options{VMs: 1, APIVersion: version, RefuseNewerVersions: true})
		client := connect(t, configFor(server))
		labels := acctest.NewLabels(t, server)
		category := labels.Category("team", false)
		red, blue := labels.Tag(category, "red"), labels.Tag(category, "blue")
		vm := mustVM(t, server, "DC0_C0_RP0_VM0").ID
		found, err := client.FindObjects(t.Context(), vsphere.TypeTag, "team/red")
		if err != nil || len(found) != 1 || found[0].ID != red {
			t.Errorf("%s: found %+v, %v", version, found, err)
		}
		err = errors.Join(client.AttachTags(t.Context(), vm, []string{red, blue}), client.DetachTags(t.Context(), vm, []string{blue}))
		if got := acctest.VM(t, server, "DC0_C0_RP0_VM0").Tags; err != nil || !slices.Equal(got, []string{red}) {
			t.Errorf("%s: tags %v, %v", version, got, err)
		}
		if got, err := client.AttachedTags(t.Context(), vm); err != nil || !slices.Equal(got, []string{red}) {
			t.Errorf("%s: attached %v, %v", version, got, err)
		}
		for name, want := range map[string]bool{"linux": true, "none": false} {
			if got, err := client.CustomizationSpecExists(t.Context(), name); err != nil || got != want {
				t.Errorf("%s: %s: %t, %v", version, name, got, err)
			}
		}
		if byREST, err := client.ClonesByREST(t.Context()); byREST || err != nil {
			t.Errorf("%s: clones by REST: %t, %v", version, byREST, err)
		}
		_, err = client.StartClone(t.Context(), vsphere.CloneSpec{SourceID: vm, Name: "x"})
		if failure := wantError(t, err, apierr.Unsupported, apierr.CodeVersionTooOld); !slices.Equal(failure.Arguments, []string{"7.0.2", version}) {
			t.Errorf("%s: arguments %q", version, failure.Arguments)
		}
		server.ExpireSessions()
		if got, err := client.AttachedTags(t.Context(), vm); err != nil || len(got) != 1 {
			t.Errorf("%s: after the sessions ended: %v, %v", version, got, err)
		}
	}
}
