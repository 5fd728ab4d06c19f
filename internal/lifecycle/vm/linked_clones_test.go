package vm

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// silent is a vCenter that can't tell of linked clones.
type silent struct{}

func (silent) LinkedClones(context.Context, string) ([]vsphere.LinkedClone, error) {
	return nil, &apierr.Error{Kind: apierr.Unavailable}
}

// A plan of a destroy says what it could not check, and does not wait. Without a refresh it asks for nothing.
func TestBase_checkDestroyAsksOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), time.Hour)
		defer stop()
		began := time.Now()
		base := Base{Client: silent{}, Shared: lifecycle.NewShared(nil), VMID: "vm-1"}
		said := base.CheckDestroy(ctx, `VM "web"`, false)
		if took := time.Since(began); took > 0 || len(said) != 1 || said[0].Severity() != diag.SeverityWarning {
			t.Errorf("after %s: %v", took, said)
		}
		base.Shared.Process.Command.NoRefresh = true
		if said := base.CheckDestroy(ctx, `VM "web"`, false); len(said) > 0 {
			t.Errorf("without a refresh: %v", said)
		}
	})
}
