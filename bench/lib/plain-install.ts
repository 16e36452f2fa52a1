/**
 * What a person would type to install the lab's bundle: the same external commands and copies as `edgekit install`,
 * and nothing that looks, verifies or can be undone.
 */
export const plainInstall = `set -eu
cd /root/bundle
mkdir -p /etc/edgekit/mosquitto /opt/edgekit/bin /var/lib/edgekit/images /etc/kubeedge/config \\
  /etc/systemd/system/edgecore.service.d
install -d -m 700 -o 1883 -g 1883 /var/lib/edgekit/mosquitto
install -m 755 bin/edgekit bin/*broker* /opt/edgekit/bin/
ln -s /opt/edgekit/bin/edgekit /usr/local/bin/edgekit
for archive in images/*.tar; do
  install -m 644 $archive /var/lib/edgekit/images/
  ctr -n k8s.io images import --platform linux/amd64 /var/lib/edgekit/$archive
  sync
done
for image in $(ctr -n k8s.io images ls -q | grep -v '^sha256:'); do
  ctr -n k8s.io images label $image io.cri-containerd.pinned=pinned
done
install -m 644 config/mosquitto/mosquitto.conf /etc/edgekit/mosquitto/
install -m 644 systemd/mosquitto.service systemd/edgecore.service /etc/systemd/system/
systemctl daemon-reload
systemctl enable mosquitto
systemctl restart mosquitto
install -m 755 bin/edgecore bin/keadm /usr/local/bin/
sed "s/hostnameOverride: .*/hostnameOverride: $(hostname)/" config/kubeedge/edgecore-config.yaml >/etc/kubeedge/config/edgecore.yaml
install -m 644 systemd/edgecore.service.d/10-edgekit.conf /etc/systemd/system/edgecore.service.d/
systemctl daemon-reload
systemctl enable edgecore
systemctl restart edgecore
sync
until journalctl -u mosquitto -o cat | grep -q 'as hub-client-pub'; do sleep 0.1; done
`
