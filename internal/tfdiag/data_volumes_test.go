package tfdiag_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

func TestDataVolumes(t *testing.T) {
	t.Parallel()
	const one, two = "20debd9bc9594d70b1ec81d7d31b29cc", "0d5b7f0e6f4a4d7c8a1f3b2c4d5e6f70"
	checkGolden(t, []named{
		{"import, not adopted", tfdiag.VolumesNotAdopted(path.Root("data_volume_uuids"), `VM "web-1"`, []string{one, two})},
		{"refresh, destroyed in part", tfdiag.DestroyedInPart(`VM "web-1"`, []string{"the data volume " + one, "the data volume " + two})},
	})
}
