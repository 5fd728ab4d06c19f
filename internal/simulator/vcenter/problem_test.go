package vcenter

import (
	"slices"
	"testing"
)

func TestProblemKeepsTheChain(t *testing.T) {
	t.Parallel()
	p := (&Fault{Code: "InvalidState", Message: "first", Messages: []string{"second", "third"}}).problem()
	var got []string
	got = append(got, p.message())
	for cause := p.vimFault().GetMethodFault().FaultCause; cause != nil; cause = cause.Fault.GetMethodFault().FaultCause {
		got = append(got, cause.LocalizedMessage)
	}
	want := []string{"first", "second", "third"}
	if !slices.Equal(got, want) {
		t.Errorf("the fault says %v, want %v", got, want)
	}
	got = nil
	for _, message := range p.vapi().Messages {
		got = append(got, message.DefaultMessage)
	}
	if !slices.Equal(got, want) || p.vapi().ErrorType != errorNotAllowedInCurrentState {
		t.Errorf("the vAPI error says %s %v, want %v", p.vapi().ErrorType, got, want)
	}
}
