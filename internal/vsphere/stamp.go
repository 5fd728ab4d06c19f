package vsphere

import (
	"encoding/json"
	"time"
)

// StampKey is the extraConfig key that holds a [Stamp].
const StampKey = "vmfork.request"

// Stamp says which request made a VM. It travels with the request in the new VM's extraConfig. A clone of the VM inherits it, so a
// stamp alone proves nothing: see [Client.FindClone].
type Stamp struct {
	RequestUUID string    `json:"request"`
	SourceID    string    `json:"source"`
	Name        string    `json:"name"`
	At          time.Time `json:"at"` // when the request began, by vCenter's clock, to the second
}

// text returns the stamp as the value of [StampKey].
func (s Stamp) text() string {
	s.At = s.At.UTC().Truncate(time.Second)
	encoded, err := json.Marshal(s)
	if err != nil { // not for texts and a time
		return ""
	}

	return string(encoded)
}

// stampIn returns the stamp among a VM's settings; false where there is none, or one that can't be read.
func stampIn(settings map[string]string) (Stamp, bool) {
	var stamp Stamp
	text, there := settings[StampKey]
	if !there || json.Unmarshal([]byte(text), &stamp) != nil || stamp.RequestUUID == "" {
		return Stamp{}, false
	}

	return stamp, true
}

// stamped returns settings with the stamp, if there is one.
func stamped(settings map[string]string, stamp *Stamp) map[string]string {
	if stamp == nil {
		return settings
	}
	all := map[string]string{StampKey: stamp.text()}
	for key, value := range settings {
		if key != StampKey {
			all[key] = value
		}
	}

	return all
}
