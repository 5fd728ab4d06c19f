package vm

import (
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Candidates lists objects that were found for a diagnostic.
func Candidates(found []vsphere.Object) []tfdiag.Candidate {
	list := make([]tfdiag.Candidate, len(found))
	for i, object := range found {
		list[i] = tfdiag.Candidate{ID: object.ID, Name: object.Name, Path: object.Path}
	}

	return list
}

// Nearby says for a diagnostic what may have been meant by a path that found nothing. It is a hint: where the look-up failed, there is none.
// instead says how to find an object of another type.
func Nearby(found vsphere.Nearby, err error, instead func(kind vsphere.ObjectType) string) tfdiag.Nearby {
	if err != nil {
		return tfdiag.Nearby{}
	}
	hint := tfdiag.Nearby{Resembling: Candidates(found.Objects)}
	if found.At != nil {
		hint.Is, hint.ID, hint.Instead = found.At.Type.Words(), found.At.ID, instead(found.At.Type)
	}

	return hint
}
