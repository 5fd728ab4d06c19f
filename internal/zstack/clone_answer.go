package zstack

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

// cloneAnswer is the result of CloneVmInstance on the wire.
type cloneAnswer struct {
	NumberOfClonedVM number       `json:"numberOfClonedVm"`
	Inventories      []cloneEntry `json:"inventories"`
}

// cloneEntry is one VM, or why one was not made. One with a VM and an error is a VM: it exists.
type cloneEntry struct {
	Inventory *VirtualMachine `json:"inventory"`
	Error     *conn.CodeError `json:"error"`
}

func decodeClones(result json.RawMessage) (cloneAnswer, error) {
	var told struct {
		Result *cloneAnswer `json:"result"`
		cloneAnswer
	}
	if err := json.Unmarshal(result, &told); err != nil {
		return cloneAnswer{}, err //nolint:wrapcheck // handle.failure wraps it
	}
	if told.Result != nil {
		return *told.Result, nil
	}

	return told.cloneAnswer, nil
}

var errNotMade = errors.New("the answer holds neither a VM nor an error for it")

// of returns what became of a name of the call. The name of a VM tells which one is meant; the order of the entries is not promised.
// A VM of another name is meant where nothing else can be (the platform may normalise names). Where neither a VM nor an error is left for
// the name, the VM may exist if the answer counts more VMs than it shows.
func (a cloneAnswer) of(what httpapi.Call, names []string, name string) (*VirtualMachine, error) {
	machines := make(map[string]*VirtualMachine)
	var (
		others []*VirtualMachine
		errs   []*conn.CodeError
	)
	for _, entry := range a.Inventories {
		switch vm := entry.Inventory; {
		case vm != nil && vm.UUID != "":
			if machines[vm.Name] != nil || names != nil && !slices.Contains(names, vm.Name) {
				others = append(others, vm)
			} else {
				machines[vm.Name] = vm
			}
		case entry.Error != nil:
			errs = append(errs, entry.Error)
		}
	}
	if vm := machines[name]; vm != nil {
		return vm, nil
	}
	if names == nil {
		names = []string{name}
	}
	without := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return machines[name] != nil })
	if reasons := reasonsOf(errs, names, name); len(reasons) > 0 {
		return nil, reasonFailure(what, reasons)
	}
	if len(without) == 1 && len(others) == 1 && without[0] == name {
		return others[0], nil
	}
	failure := what.Error(apierr.Internal, conn.CodeOperationFailed).Wrap(errNotMade)
	failure.AnswerLost = len(others) > 0 || int64(a.NumberOfClonedVM) > int64(len(machines))

	return nil, failure
}

// reasonsOf returns the errors of a call that may be about the name: those whose text holds it, else those whose text holds no name of the
// call. ZStack's entries of machines that were not made have no field for the name.
func reasonsOf(errs []*conn.CodeError, names []string, name string) []*conn.CodeError {
	longestFirst := slices.SortedFunc(slices.Values(names), func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	var own, unnamed []*conn.CodeError
	for _, err := range errs {
		switch mentioned := mentionedIn(err.Text(), longestFirst); {
		case slices.Contains(mentioned, name):
			own = append(own, err)
		case len(mentioned) == 0:
			unnamed = append(unnamed, err)
		}
	}
	if len(own) > 0 {
		return own[:1]
	}

	return slices.CompactFunc(unnamed, func(a, b *conn.CodeError) bool { return reflect.DeepEqual(a, b) })
}

// mentionedIn returns the names that a text holds as whole words. The names come longest first: "web-1" is not meant by "web-1.example".
func mentionedIn(text string, longestFirst []string) []string {
	var found []string
	for _, name := range longestFirst {
		for rest := text; ; {
			at := strings.Index(rest, name)
			if at < 0 {
				break
			}
			before, _ := utf8.DecodeLastRuneInString(rest[:at])
			after, _ := utf8.DecodeRuneInString(rest[at+len(name):])
			if !inName(before) && !inName(after) {
				found = append(found, name)
				text = strings.ReplaceAll(text, name, "")

				break
			}
			rest = rest[at+len(name):]
		}
	}

	return found
}

// inName reports whether a name may go on with the rune.
func inName(r rune) bool { return r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// reasonFailure is the error of a machine that was not made, for a reason that is one of several where ZStack does not say which.
func reasonFailure(what httpapi.Call, reasons []*conn.CodeError) *apierr.Error {
	failure := conn.Failure(what, reasons[0])
	if len(reasons) == 1 {
		return failure
	}
	var told []string
	for _, reason := range reasons {
		one := conn.Failure(what, reason)
		if one.Kind != failure.Kind {
			failure.Kind = apierr.Internal
		}
		told = append(told, strings.Join(append([]string{one.Code}, one.Messages...), " "))
		failure.AnswerLost = failure.AnswerLost || one.AnswerLost
	}
	failure.Code, failure.Arguments = conn.CodeOperationFailed, nil
	failure.Messages = []string{fmt.Sprintf("ZStack made only some of the machines of this call, and does not say which of these reasons is "+
		"whose: %s", strings.Join(told, "; "))}

	return failure
}
