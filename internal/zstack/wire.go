package zstack

import (
	"encoding/json"
	"fmt"
)

// What the platform tells is decoded into the types of this package themselves: their tags are the names on the wire, and what
// ZStack writes in more than one way ([number], [flag], [date]) is read through a pointer of that type.

func (vm VirtualMachine) names() (uuid, name string) { return vm.UUID, vm.Name }
func (o Object) names() (uuid, name string)          { return o.UUID, o.Name }

func unmarshal(text []byte, fields any) error {
	if err := json.Unmarshal(text, fields); err != nil {
		return fmt.Errorf("an inventory: %w", err)
	}

	return nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (vm *VirtualMachine) UnmarshalJSON(text []byte) error {
	type plain VirtualMachine

	return unmarshal(text, &struct {
		*plain

		CPUCount    *number `json:"cpuNum"`
		MemoryBytes *number `json:"memorySize"`
		CreatedAt   *date   `json:"createDate"`
	}{(*plain)(vm), (*number)(&vm.CPUCount), (*number)(&vm.MemoryBytes), (*date)(&vm.CreatedAt)})
}

// UnmarshalJSON implements [json.Unmarshaler].
func (n *NIC) UnmarshalJSON(text []byte) error {
	type plain NIC

	return unmarshal(text, &struct {
		*plain

		DeviceID *number `json:"deviceId"`
	}{(*plain)(n), (*number)(&n.DeviceID)})
}

// UnmarshalJSON implements [json.Unmarshaler].
func (v *Volume) UnmarshalJSON(text []byte) error {
	type plain Volume

	return unmarshal(text, &struct {
		*plain

		SizeBytes       *number `json:"size"`
		ActualSizeBytes *number `json:"actualSize"`
		DeviceID        *number `json:"deviceId"`
		Shareable       *flag   `json:"isShareable"`
	}{(*plain)(v), (*number)(&v.SizeBytes), (*number)(&v.ActualSizeBytes), (*number)(&v.DeviceID), (*flag)(&v.Shareable)})
}

// UnmarshalJSON implements [json.Unmarshaler].
func (t *Tag) UnmarshalJSON(text []byte) error {
	type plain Tag

	return unmarshal(text, &struct {
		*plain

		Inherent *flag `json:"inherent"`
	}{(*plain)(t), (*flag)(&t.Inherent)})
}

// UnmarshalJSON implements [json.Unmarshaler].
func (g *SnapshotGroup) UnmarshalJSON(text []byte) error {
	type plain SnapshotGroup

	return unmarshal(text, &struct {
		*plain

		SnapshotCount *number `json:"snapshotCount"`
		CreatedAt     *date   `json:"createDate"`
	}{(*plain)(g), (*number)(&g.SnapshotCount), (*date)(&g.CreatedAt)})
}

// UnmarshalJSON implements [json.Unmarshaler].
func (s *VolumeSnapshot) UnmarshalJSON(text []byte) error {
	type plain VolumeSnapshot

	return unmarshal(text, &struct {
		*plain

		DeviceID *number `json:"deviceId"`
		Deleted  *flag   `json:"snapshotDeleted"`
	}{(*plain)(s), (*number)(&s.DeviceID), (*flag)(&s.Deleted)})
}

// snapshotInventory is a volume's snapshot on the wire (VolumeSnapshotInventory).
type snapshotInventory struct {
	UUID               string `json:"uuid"`
	PrimaryStorageUUID string `json:"primaryStorageUuid"`
	Status             string `json:"status"`
	Size               number `json:"size"`
}
