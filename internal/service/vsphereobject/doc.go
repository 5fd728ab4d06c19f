// Package vsphereobject is the data source vmfork_vsphere_object: it turns the inventory path of a datacenter, folder,
// resource pool, host, cluster, datastore or network into the managed object id that placement arguments take, and the category and
// name of a tag into the id that tags take. It changes
// nothing.
package vsphereobject
