// Package zstackobject is the data source vmfork_zstack_object: it turns the name of a zone, cluster, host, image, L3 network,
// primary storage or affinity group into the uuid that arguments take. It changes nothing.
package zstackobject
