package zstack

// backupStorage keeps images.
type backupStorage struct {
	place

	zone    *zone
	address string
	bytes   int64
}

// storeRecord shows a backup storage, with the images that it keeps as used space.
func (i *infrastructure) storeRecord(s *backupStorage) record {
	free := s.bytes
	for _, kept := range i.images.all {
		for _, store := range kept.stores {
			if store == s {
				free -= kept.bytes
			}
		}
	}

	return s.show(record{
		"url": "/zstack_bs", "totalCapacity": s.bytes, "availableCapacity": max(free, 0), "type": "ImageStoreBackupStorage",
		"attachedZoneUuids": []string{s.zone.uuid}, "hostname": s.address, "username": "root", "sshPort": int64(22),
	})
}
