package zstackclone

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// namesake is a VM that has the name of a lost one, and may be it.
type namesake struct {
	zstack.VirtualMachine

	owner zstack.Account // empty where ZStack does not tell
}

// namesakes returns the VMs of the name that may have been made since the creation began, and that no other resource has. It leaves out what
// is in the recycle bin, which cannot be adopted.
func (a *adapter) namesakes(ctx context.Context, lost lifecycle.Lost[model, wanted]) ([]namesake, error) {
	what, searcher := asked(lost), lifecycle.Owner(lost.Evidence)
	named, err := a.client.VirtualMachinesNamed(ctx, what.Name)
	if err != nil {
		return nil, err
	}
	var found []namesake
	for _, vm := range named {
		if gone(vm.State) || slices.Contains(what.Before, vm.UUID) || !a.shared.Registry.Free(vm.UUID, searcher) {
			continue
		}
		one := namesake{VirtualMachine: vm}
		one.owner, err = a.client.Owner(ctx, vm.UUID)
		if err != nil && !apierr.Is(err, apierr.Denied, apierr.NotFound, apierr.Unsupported, apierr.InvalidArgument) {
			return nil, err // the others mean that ZStack does not tell
		}
		if what.fits(one) {
			found = append(found, one)
		}
	}

	return found, nil
}

// fits reports whether a VM of the name may be what was asked for: not where another account owns it, or where it is known to be older.
func (w wanted) fits(vm namesake) bool {
	if w.Account != "" && vm.owner.UUID != "" && vm.owner.UUID != w.Account {
		return false
	}
	made, known := madeBy(vm.CreatedAt)

	return !known || w.Began.IsZero() || !made.Before(w.Began)
}

// unzoned is how far a time that ZStack writes, which is local to its node and without a zone, may be from ours: zones are at most 14 hours
// from UTC, and a clock may be wrong.
const unzoned = 24 * time.Hour

// dateLayouts are how Java writes a moment, by its version and language.
var dateLayouts = []string{"Jan 2, 2006 3:04:05 PM", "Jan 2, 2006, 3:04:05 PM", "2006-1-2 15:04:05"}

// madeBy returns the latest moment at which a VM was made, by a clock that is about right; known is false for a time that can't be read.
func madeBy(createdAt string) (latest time.Time, known bool) {
	spaced := strings.Join(strings.Fields(createdAt), " ") // newer versions of Java write a narrow space before AM and PM
	for _, layout := range dateLayouts {
		if made, err := time.Parse(layout, spaced); err == nil {
			return made.Add(unzoned), true
		}
	}

	return time.Time{}, false
}

// candidate names a VM of which nothing proves whose it is.
func candidate(vm namesake) *lifecycle.Candidate {
	return &lifecycle.Candidate{Key: vm.UUID, Existing: tfdiag.Existing{
		ID: vm.UUID, MadeAt: vm.CreatedAt, CreatedBy: cmp.Or(vm.owner.Name, vm.owner.UUID),
	}}
}

// several is the error that more VMs than one may be the lost one.
func several(name string, found []namesake) error {
	uuids := make([]string, len(found))
	for i, vm := range found {
		uuids[i] = vm.UUID
	}
	slices.Sort(uuids)

	return &apierr.Error{Kind: apierr.Internal, Arguments: uuids, Messages: []string{fmt.Sprintf(
		"%d VMs have got the name %q since the clone was asked for, and nobody can tell which of them is the clone: %s. Rename "+
			"or destroy the others", len(found), name, strings.Join(uuids, ", "))}}
}
