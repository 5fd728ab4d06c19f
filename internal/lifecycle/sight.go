package lifecycle

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// SightClient asks a platform for the account of the credentials, and for what that account may see.
type SightClient interface {
	// Account returns the id of the account that the credentials are of, and its name.
	Account(ctx context.Context) (id, name string, err error)
	// HasZone reports whether the platform has the zone, which every account sees.
	HasZone(ctx context.Context, uuid string) (bool, error)
	// ConfirmVM returns an error of kind NotFound for a VM that is missing, and Denied for one that the account may not see.
	ConfirmVM(ctx context.Context, uuid string) error
}

// Sight tells what is gone from what an account does not see, for adapters that are a [Viewer].
type Sight struct {
	Client SightClient
	Shared *Shared
}

// account returns the account of the credentials. A phase of the CLI asks for it once.
func (s Sight) account(ctx context.Context) (View, error) {
	return Once(ctx, s.Shared, "account", func(ctx context.Context) (View, error) {
		id, name, err := s.Client.Account(ctx)

		return View{Account: id, Name: name}, err
	})
}

// Viewed is [Viewer.Viewed] for an object of the zone, which is empty where it is not known.
func (s Sight) Viewed(ctx context.Context, zone string) (View, error) {
	now, err := s.account(ctx)
	now.Zone = zone

	return now, err
}

// Elsewhere is [Viewer.Elsewhere]: the platform must know the zone of the object, which words describes.
func (s Sight) Elsewhere(ctx context.Context, words tfdiag.Creation, zone string) diag.Diagnostics {
	if zone == "" {
		return nil
	}
	known, err := Once(ctx, s.Shared, "zone "+zone, func(ctx context.Context) (bool, error) { return s.Client.HasZone(ctx, zone) })
	switch {
	case err != nil:
		return diag.Diagnostics{tfdiag.FromError(Connecting(words.Platform), err)}
	case !known:
		return diag.Diagnostics{words.OtherPlatform(zone)}
	default:
		return nil
	}
}

// Unseen is [Viewer.Unseen] for an object of the VM that a query did not find. itself says that the object is the VM; whole that it leaves
// no parts which the account may not see either.
func (s Sight) Unseen(ctx context.Context, words tfdiag.Creation, vmUUID string, itself, whole bool, known View) (bool, diag.Diagnostics) {
	if elsewhere := s.Elsewhere(ctx, words, known.Zone); elsewhere.HasError() {
		return false, elsewhere
	}
	now, err := s.account(ctx)
	if err != nil {
		return false, diag.Diagnostics{tfdiag.FromError(Connecting(words.Platform), err)}
	}
	same := known.Account == "" || known.Account == now.Account
	before := tfdiag.Account{ID: known.Account, Name: known.Name}
	unseen := diag.Diagnostics{words.NotVisible(tfdiag.Account{ID: now.Account, Name: now.Name}, before)}
	switch err := s.Client.ConfirmVM(ctx, vmUUID); {
	case apierr.Is(err, apierr.NotFound):
		if same || whole {
			return true, nil
		}

		return false, unseen
	case apierr.Is(err, apierr.Denied):
		return false, unseen
	case err != nil:
		op := tfdiag.Operation{Action: "find out whether " + words.Object + " is gone", Platform: words.Platform}

		return false, diag.Diagnostics{tfdiag.FromError(op, err)}
	case itself, same: // in the recycle bin; or the account sees the VM, and saw this before
		return true, nil
	default:
		return false, unseen
	}
}
