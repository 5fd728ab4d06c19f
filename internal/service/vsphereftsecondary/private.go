package vsphereftsecondary

// privateVCenter is the key under which the resource remembers, beside its state, the vCenter that the ids belong to: a CLI
// before 1.12 stores no identity.
const privateVCenter = "vcenter_uuid"
